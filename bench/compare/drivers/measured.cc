#include "bench/compare/drivers/measured.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace strata::compare {
namespace {

double Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

std::string Measured::ToJson() const {
  nlohmann::ordered_json json = {{"records", records},
                                 {"bytes", bytes},
                                 {"bytes_in_all", std::max(bytes, bytes_in_all)},
                                 {"seconds", time.count()}};
  if (latencies.count() > 0) {
    json["latency_ms"] = {{"p50", Milliseconds(latencies.Percentile(0.5))},
                          {"p99", Milliseconds(latencies.Percentile(0.99))},
                          {"p99.9", Milliseconds(latencies.Percentile(0.999))},
                          {"max", Milliseconds(latencies.max())}};
  }
  return json.dump() + "\n";
}

}  // namespace strata::compare
