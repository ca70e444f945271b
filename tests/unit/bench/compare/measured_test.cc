#include "bench/compare/drivers/measured.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace strata::compare {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

TEST(Measured, PercentilesAreMilliseconds) {
  Measured measured{.records = 100, .bytes = 1'000, .time = milliseconds(2'500)};
  for (int i = 100; i >= 1; --i) measured.latencies.Add(milliseconds(i));
  const json printed = json::parse(measured.ToJson());
  EXPECT_EQ(printed["seconds"], 2.5);
  const json& latencies = printed["latency_ms"];
  EXPECT_NEAR(latencies["p50"], 50, 50.0 / 64);
  EXPECT_NEAR(latencies["p99"], 99, 99.0 / 64);
  EXPECT_GE(latencies["p99.9"], 100);
  EXPECT_EQ(latencies["max"], 100);
}

TEST(Measured, WithoutLatenciesHasNone) {
  const json printed = json::parse(Measured{.records = 1}.ToJson());
  EXPECT_FALSE(printed.contains("latency_ms"));
}

TEST(Measured, AllBytesAreThoseMeasuredUnlessThereWereMore) {
  EXPECT_EQ(json::parse(Measured{.bytes = 10}.ToJson())["bytes_in_all"], 10);
  EXPECT_EQ(json::parse(Measured{.bytes = 10, .bytes_in_all = 15}.ToJson())["bytes_in_all"], 15);
}

}  // namespace
}  // namespace strata::compare
