// What the broker counts, for /metrics. Names and meanings stand in README.md beside this file.
//
// Threads: everything may be called from any thread. The Count and Observe methods are a few atomic
// operations: they belong once for each batch or call, not once for each record.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"

namespace strata::broker {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A batch was acknowledged, `latency` after its request had been read.
  void CountAppend(std::int64_t records, std::int64_t bytes, std::chrono::nanoseconds latency);
  // A batch was acknowledged that had been appended before.
  void CountDuplicate();
  // A batch was refused or lost.
  void CountAppendError(ErrorCode code);
  // Records were handed to gRPC for a reader or a group member.
  void CountFetch(std::int64_t bytes);

  // A member has joined a group.
  void CountJoin();
  // A member's stream has ended: "left", "disconnected", or the name of an error.
  void CountDeparture(std::string_view reason);

  // Adds a gauge that is read at every scrape: `read` is called on the scraper's thread, on several
  // at once perhaps, must be short, and must stay valid as long as anybody scrapes.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> read);

  struct Sample {
    std::map<std::string, std::string> labels;
    double value = 0;
  };
  struct Gauge {
    std::string name;
    std::string help;
    std::vector<Sample> samples;
  };
  // The same, of several that are read together, each with as many values as there are things that
  // it tells of.
  void AddGauges(std::function<std::vector<Gauge>()> read);

  // All of it in Prometheus' text format
  // (https://prometheus.io/docs/instrumenting/exposition_formats/).
  std::string Render() const;

 private:
  struct Impl;  // keeps prometheus-cpp out of this header
  const std::unique_ptr<Impl> impl_;
};

}  // namespace strata::broker
