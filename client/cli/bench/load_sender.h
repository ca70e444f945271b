// Sends one producer's share of a load, and measures how long records wait for their
// acknowledgement. With a rate that is each record, from when it was due. Without, it is one in a
// thousand bytes, from Send: to look at the clock and to count takes longer than to send a small
// record, and would be all that is measured.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/bench/amount.h"
#include "client/cli/bench/latencies.h"
#include "client/cli/bench/load_schedule.h"
#include "client/cli/bench/payloads.h"
#include "client/cli/bench/run_state.h"
#include "client/cli/bench/stamp.h"
#include "client/lib/producer.h"

namespace strata::cli {

struct RecordShape {
  std::uint64_t keys = 0;  // so many different ones, in turn; 0: without keys
  bool stamped = false;    // whether each record carries when it was due
};

// The records with the indices first, first + stride, first + 2 * stride...
struct Share {
  std::uint64_t first = 0;
  std::uint64_t stride = 1;
};

class LoadSender {
 public:
  // `payloads` and `run` must outlive it. It takes all of the values one after the other, however
  // few of the records are its own, beginning with the one at `first_value`.
  LoadSender(std::unique_ptr<Producer> producer, RecordShape shape, const Payloads& payloads,
             std::uint64_t first_value, RunState& run);

  // Sends the share, or what has become of it when the run ends, and waits until all of it is
  // acknowledged or has failed. An error ends the run. One call at a time.
  void Send(const LoadSchedule& schedule, Share share);

  // Given to the producer so far. Any thread.
  Amount sent() const { return sent_.get(); }
  // Records that were acknowledged so far. Any thread.
  std::uint64_t acknowledged() const { return acknowledged_; }
  // When the last of them was, or the last that was timed if others have failed; not while Send
  // runs.
  LoadSchedule::TimePoint last_acknowledged() const { return last_acknowledged_; }

  // Of what was acknowledged since the last call; not while Send runs.
  Latencies TakeLatencies();
  // With a rate: how long after they were due the records since the last call were given to the
  // producer; not while Send runs.
  Latencies TakeLateness();

 private:
  using TimePoint = LoadSchedule::TimePoint;

  void SendAtRate(const LoadSchedule& schedule, Share share);
  void SendAtOnce(const LoadSchedule& schedule, Share share);
  // The record with that index, to be given to the producer.
  const RecordView& Next(std::uint64_t index, TimePoint due);
  void SendTimed(const RecordView& record, TimePoint due);
  void SendUntimed(const RecordView& record);
  // Whether the run goes on then.
  bool SleepUntil(TimePoint moment) const;
  // Whether it is one.
  bool Acknowledge(const Result<Placed>& placed);

  // Constant after construction.
  const RecordShape shape_;
  const Payloads& payloads_;
  RunState& run_;

  // Owned by the thread that sends.
  std::uint64_t next_value_;
  std::string key_;
  std::optional<Stamp> stamp_;  // of record_
  RecordView record_;
  Latencies lateness_;

  AmountCounter sent_;
  std::atomic<std::uint64_t> acknowledged_ = 0;  // written by the producer's thread

  // Owned by the producer's thread until Send has returned.
  Latencies latencies_;
  TimePoint last_acknowledged_;

  const std::unique_ptr<Producer> producer_;  // last: it calls back until it is gone
};

}  // namespace strata::cli
