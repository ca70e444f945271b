#include "client/cli/bench/summary.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

BenchSummary Appended() {
  BenchSummary summary{.moved_how = "appended",
                       .moved = {.records = 3'000'000, .bytes = 300'000'000},
                       .time = seconds(2)};
  Latencies latencies;
  for (int i = 0; i < 98; ++i) latencies.Add(milliseconds(1));
  latencies.Add(milliseconds(10));
  latencies.Add(milliseconds(100));
  summary.latency = {"from Send to acknowledgement", latencies};
  summary.retries = 0;
  summary.cost =
      Cost{.broker = BrokerCost{.cpu_time = milliseconds(600), .peak_resident_bytes = 123'400'000},
           .client_cpu_time = milliseconds(300)};
  return summary;
}

TEST(BenchSummary, SaysToPeopleHowFastHowLongAndAtWhatCost) {
  const std::string text = ToText(Appended());
  EXPECT_THAT(text, HasSubstr("3000000 records, 300.0 MB appended in 2.000 s: "
                              "1500000 records/s, 150.0 MB/s\n"));
  EXPECT_THAT(text, HasSubstr("from Send to acknowledgement: p50 1.0"));
  EXPECT_THAT(text, HasSubstr("max 100.00 ms\n"));
  EXPECT_THAT(text, HasSubstr("broker: 0.600 s of processor time (2.000 s per GB), "
                              "peak memory 123.4 MB\n"));
  EXPECT_THAT(text, HasSubstr("client: 0.300 s of processor time (1.000 s per GB)\n"));
  EXPECT_THAT(text, Not(HasSubstr("again")));
}

TEST(BenchSummary, SaysTheSameToScripts) {
  const auto json = nlohmann::json::parse(ToJson(Appended()));
  EXPECT_EQ(json["records"], 3'000'000);
  EXPECT_EQ(json["bytes"], 300'000'000);
  EXPECT_EQ(json["seconds"], 2.0);
  EXPECT_EQ(json["records_per_second"], 1'500'000.0);
  EXPECT_EQ(json["megabytes_per_second"], 150.0);
  EXPECT_NEAR(json["latency_ms"]["p50"], 1, 0.02);
  EXPECT_NEAR(json["latency_ms"]["p99"], 10, 0.2);
  EXPECT_NEAR(json["latency_ms"]["p99.9"], 100, 2);
  EXPECT_EQ(json["latency_ms"]["max"], 100.0);
  EXPECT_EQ(json["broker"]["cpu_seconds"], 0.6);
  EXPECT_EQ(json["broker"]["cpu_seconds_per_gb"], 2.0);
  EXPECT_EQ(json["broker"]["peak_resident_bytes"], 123'400'000);
  EXPECT_EQ(json["client"]["cpu_seconds"], 0.3);
  EXPECT_EQ(json["client"]["cpu_seconds_per_gb"], 1.0);
  EXPECT_EQ(json["retries"], 0);
}

TEST(BenchSummary, LeavesOutWhatWasNotMeasured) {
  const BenchSummary summary{
      .moved_how = "read", .moved = {.records = 1, .bytes = 1}, .time = seconds(1), .cost = Cost()};
  EXPECT_THAT(ToText(summary), Not(HasSubstr("p99")));
  EXPECT_THAT(ToText(summary), Not(HasSubstr("due")));
  EXPECT_THAT(ToText(summary), HasSubstr("broker: it is not known what it has used\n"));
  const auto json = nlohmann::json::parse(ToJson(summary));
  for (const char* name : {"due_per_second", "groups", "durability", "latency_ms", "ack_latency_ms",
                           "send_lateness_ms", "retries", "missing", "broker"}) {
    EXPECT_FALSE(json.contains(name)) << name;
  }
}

TEST(BenchSummary, OfNothingDividesByNothing) {
  BenchSummary summary{.moved_how = "appended"};
  summary.latency = {"from Send to acknowledgement", Latencies()};
  summary.cost = Cost{.broker = BrokerCost{.cpu_time = milliseconds(1), .peak_resident_bytes = 1}};
  EXPECT_THAT(ToText(summary), Not(HasSubstr("nan")));
  EXPECT_THAT(ToText(summary), Not(HasSubstr("inf")));
  EXPECT_THAT(ToText(summary), Not(HasSubstr("p50")));
  const auto json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["records_per_second"], 0.0);
  EXPECT_TRUE(json["broker"]["cpu_seconds_per_gb"].is_null());
  EXPECT_FALSE(json.contains("latency_ms"));
}

TEST(BenchSummary, SetsWhatWasDueBesideWhatWasReached) {
  BenchSummary summary = Appended();
  summary.due_per_second = 2'000'000;
  EXPECT_THAT(ToText(summary), HasSubstr(": 1500000 records/s of 2000000 that were due, 150.0"));
  EXPECT_EQ(nlohmann::json::parse(ToJson(summary))["due_per_second"], 2'000'000);
}

TEST(BenchSummary, NamesTheDurability) {
  BenchSummary summary = Appended();
  summary.durability = "os";
  EXPECT_THAT(ToText(summary), HasSubstr("MB/s\ndurability: os\n"));
  EXPECT_EQ(nlohmann::json::parse(ToJson(summary))["durability"], "os");
}

TEST(BenchSummary, TellsHowOftenSomethingWasSentAgain) {
  BenchSummary summary = Appended();
  summary.retries = 3;
  EXPECT_THAT(ToText(summary), HasSubstr("sent again: 3\n"));
  EXPECT_EQ(nlohmann::json::parse(ToJson(summary))["retries"], 3);
}

TEST(BenchSummary, TellsThatItWasInterruptedAndWhatIsMissing) {
  BenchSummary summary = Appended();
  EXPECT_EQ(nlohmann::json::parse(ToJson(summary))["interrupted"], false);
  summary.interrupted = true;
  summary.missing = 0;
  EXPECT_THAT(ToText(summary), HasSubstr("interrupted\n"));
  EXPECT_THAT(ToText(summary), Not(HasSubstr("missing")));
  summary.missing = 7;
  summary.cost.reset();
  EXPECT_THAT(ToText(summary), HasSubstr("interrupted, and 7 more that were sent are missing"));
  EXPECT_THAT(ToText(summary), Not(HasSubstr("processor")));
  const auto json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["missing"], 7);
  EXPECT_FALSE(json.contains("client"));
}

TEST(BenchSummary, OfGroupsHasBothLatencies) {
  BenchSummary summary = Appended();
  summary.groups = 10;
  summary.ack_latency = {"from Send to the other one", summary.latency->of_records};
  const auto json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["groups"], 10);
  EXPECT_EQ(json["ack_latency_ms"], json["latency_ms"]);
  EXPECT_THAT(ToText(summary), HasSubstr("from Send to the other one: p50"));
}

}  // namespace
}  // namespace strata::cli
