// Sends one producer's share of a load, and measures how long each record waits for its
// acknowledgement: from when it was due, or, without a rate, from Send.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "client/cli/bench/amount.h"
#include "client/cli/bench/latencies.h"
#include "client/cli/bench/load_schedule.h"
#include "client/cli/bench/payloads.h"
#include "client/cli/bench/run_state.h"
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
  // When the last of them was; not while Send runs.
  LoadSchedule::TimePoint last_acknowledged() const { return last_acknowledged_; }

  // Of what was acknowledged since the last call; not while Send runs.
  Latencies TakeLatencies();
  // With a rate: how long after they were due the records since the last call were given to the
  // producer; not while Send runs.
  Latencies TakeLateness();

 private:
  using TimePoint = LoadSchedule::TimePoint;

  void SendOne(std::uint64_t index, TimePoint due);
  // Whether the run goes on then.
  bool SleepUntil(TimePoint due) const;
  void Acknowledge(TimePoint due, const Result<Placed>& placed);

  // Constant after construction.
  const RecordShape shape_;
  const Payloads& payloads_;
  RunState& run_;

  // Owned by the thread that sends.
  std::uint64_t next_value_;
  std::string key_;
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
