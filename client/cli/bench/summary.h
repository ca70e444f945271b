// What a measurement has come to, for people and for scripts (client/cli/JSON.md).
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "client/cli/bench/amount.h"
#include "client/cli/bench/cost.h"
#include "client/cli/bench/latencies.h"

namespace strata::cli {

struct MeasuredLatency {
  std::string how;  // as in "from Send to acknowledgement"
  Latencies of_records;
};

struct BenchSummary {
  // What `moved` stands for, as in "1000 records {appended}"; its seconds are from the first
  // moment of the load to the last.
  std::string moved_how;
  Amount moved;
  std::chrono::nanoseconds time{0};
  std::optional<std::uint64_t> due_per_second;  // records that were to be moved; with a fixed rate
  std::optional<int> groups;                    // among which it was moved
  std::optional<std::string> durability;        // what the acknowledgements meant

  std::optional<MeasuredLatency> latency;  // what the command is about
  std::optional<MeasuredLatency> ack_latency;
  std::optional<MeasuredLatency> send_lateness;  // what the client itself adds to both
  std::optional<std::uint64_t> retries;          // how often producers had to send something again

  bool interrupted = false;              // a person has ended it
  std::optional<std::uint64_t> missing;  // records that were sent and had not been moved by then

  // Per GB of what was moved. Nothing if some is missing: it has cost something, too.
  std::optional<Cost> cost;
};

std::string ToText(const BenchSummary& summary);
std::string ToJson(const BenchSummary& summary);

}  // namespace strata::cli
