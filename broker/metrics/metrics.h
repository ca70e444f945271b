// What the broker counts, for /metrics. Names and meanings stand in README.md beside this file.
//
// Threads: everything may be called from any thread. The Count and Observe methods are a few atomic
// operations: they belong once for each batch or call, not once for each record.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

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

  // Adds a gauge that is read at every scrape: `read` is called on the scraper's thread, must be
  // short, and must stay valid as long as this object.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> read);

  // All of it in Prometheus' text format
  // (https://prometheus.io/docs/instrumenting/exposition_formats/).
  std::string Render() const;

 private:
  struct Impl;  // keeps prometheus-cpp out of this header
  const std::unique_ptr<Impl> impl_;
};

}  // namespace strata::broker
