// A load on one topic, from several producers at once. Each has a connection and a thread of its
// own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "client/cli/bench/load_sender.h"
#include "client/cli/context.h"

namespace strata::cli {

struct BenchOptions;

class Load {
 public:
  // What was sent and acknowledged.
  struct Sent {
    Amount amount;
    std::uint64_t missing = 0;  // records that were not acknowledged; only if the run has ended
    LoadSchedule::TimePoint begin;
    LoadSchedule::TimePoint end;  // the last acknowledgement
    Latencies latencies;          // to the acknowledgement
    Latencies lateness;           // with a rate: to the producer, from when they were due
    std::uint64_t retries = 0;    // how often a producer had to send something again
  };

  // Nothing is waited for longer than one call to the broker may take. `payloads` and `run` must
  // outlive it. Errors of Producer::Open.
  static Result<std::unique_ptr<Load>> Open(const Context& context, const BenchOptions& options,
                                            RecordShape shape, const Payloads& payloads,
                                            RunState& run);

  // Sends what the limits allow, or less if the run ends, and waits for it; calls `look` meanwhile.
  // An error ends the run.
  Sent Send(const LoadLimits& limits, const std::function<void()>& look);

  // By all Sends so far. Any thread.
  Amount sent() const;
  // Of these. If some are not, bytes are those of as many records of the mean size: an answer does
  // not tell which record it is for.
  Amount acknowledged() const;

 private:
  Load() = default;

  std::atomic<std::uint64_t> retries_ = 0;  // in all Sends
  std::vector<std::unique_ptr<LoadSender>> senders_;
};

}  // namespace strata::cli
