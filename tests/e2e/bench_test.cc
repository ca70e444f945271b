// `strata bench` measures a real broker: each command moves what it was asked to, says so, and
// leaves nothing behind.

#include <chrono>
#include <csignal>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class BenchTest : public E2eTest {
 protected:
  Json Bench(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bench");
    arguments.insert(arguments.end(), {"--output", "json"});
    return Json::parse(strata_.Expect(arguments));
  }

  Json Groups() { return Json::parse(strata_.Expect({"group", "list", "--output", "json"})); }

  std::int64_t RecordsIn(const std::string& topic) {
    std::int64_t records = 0;
    const auto json = Json::parse(strata_.Expect({"topic", "describe", topic, "--output", "json"}));
    for (const auto& partition : json["partitions"]) {
      records += partition["log_end"].get<std::int64_t>();
    }
    return records;
  }
};

void ExpectMoved(const Json& json, std::int64_t records) {
  EXPECT_EQ(json["records"], records);
  EXPECT_GT(json["bytes"], 0);
  EXPECT_GT(json["seconds"], 0.0);
  EXPECT_GT(json["records_per_second"], 0.0);
  EXPECT_GT(json["megabytes_per_second"], 0.0);
}

void ExpectLatencies(const Json& json) {
  EXPECT_GT(json["p50"], 0.0);
  EXPECT_GE(json["p99"], json["p50"]);
  EXPECT_GE(json["p99.9"], json["p99"]);
  EXPECT_GE(json["max"], json["p99.9"]);
}

void ExpectCost(const Json& json) {
  for (const char* side : {"broker", "client"}) {
    EXPECT_GT(json[side]["cpu_seconds"], 0.0) << side;
    EXPECT_GT(json[side]["cpu_seconds_per_gb"], 0.0) << side;
  }
  EXPECT_GT(json["broker"]["peak_resident_bytes"], 1'000'000);
}

TEST_F(BenchTest, ProduceMakesTheTopicAndAppends) {
  const Json json = Bench({"produce", "t", "--partitions", "3", "--records", "20000", "--size",
                           "200", "--producers", "2", "--keys", "10", "--compression", "zstd"});
  ExpectMoved(json, 20'000);
  EXPECT_EQ(json["bytes"], 20'000 * (200 + 1));
  ExpectLatencies(json["latency_ms"]);
  ExpectCost(json);
  EXPECT_EQ(RecordsIn("t"), 20'000);
}

TEST_F(BenchTest, ProduceKeepsToARateAndATime) {
  strata_.Expect({"topic", "create", "t"});
  const Json json = Bench({"produce", "t", "--rate", "500", "--seconds", "1"});
  ExpectMoved(json, 500);
  EXPECT_GE(json["seconds"], 499.0 / 500);
  EXPECT_EQ(json["due_per_second"], 500);
  ExpectLatencies(json["latency_ms"]);
}

TEST_F(BenchTest, ProduceCountsNothingOfTheWarmUp) {
  strata_.Expect({"topic", "create", "t"});
  ExpectMoved(Bench({"produce", "t", "--rate", "1000", "--warm-up", "1", "--records", "10"}), 10);
  EXPECT_EQ(RecordsIn("t"), 1'010);
}

TEST_F(BenchTest, ProduceTellsWhatItHadToSendAgain) {
  strata_.Expect({"topic", "create", "t"});
  Background bench(
      strata_, {"bench", "produce", "t", "--rate", "200", "--seconds", "3600", "--output", "json"});
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > 10; }));
  broker_.Kill();
  broker_.Start();
  const std::int64_t before = RecordsIn("t");
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > before; }));
  bench.process().Signal(SIGINT);
  EXPECT_EQ(bench.process().Wait(), 0);
  const Json json = Json::parse(bench.Output());
  EXPECT_GT(json["retries"], 0);
  EXPECT_EQ(json["records"], RecordsIn("t"));
}

TEST_F(BenchTest, DurabilityIsWhatTheTopicSaysUnlessAskedFor) {
  strata_.Expect({"topic", "create", "t", "--config", "durability=os"});
  const auto durability = [&](std::vector<std::string> command) {
    command.insert(command.end(), {"t", "--records", "10"});
    return Bench(command)["durability"];
  };
  EXPECT_EQ(durability({"produce"}), "os");
  EXPECT_EQ(durability({"produce", "--durability", "none"}), "none");
  EXPECT_EQ(durability({"fanout", "--groups", "2", "--warm-up", "0"}), "os");
  EXPECT_EQ(durability({"latency", "--warm-up", "0", "--rate", "1000", "--durability", "fsync"}),
            "fsync");
}

TEST_F(BenchTest, ProduceTakesTheLinesOfAFile) {
  strata_.Expect({"topic", "create", "t"});
  WriteFile(dir_ / "lines", "one\ntwo\n\n");
  EXPECT_EQ(Bench({"produce", "t", "--payload-file", dir_ / "lines", "--records", "5"})["bytes"],
            3 + 3 + 0 + 3 + 3);
  EXPECT_EQ(strata_.Expect({"consume", "t", "--from", "beginning", "--exit-at-end"}),
            "one\ntwo\n\none\ntwo\n");
}

TEST_F(BenchTest, ConsumeReadsWhatIsThere) {
  const Json produced = Bench({"produce", "t", "--partitions", "4", "--records", "20000"});
  const Json json = Bench({"consume", "t", "--records", "20000", "--consumers", "2"});
  ExpectMoved(json, 20'000);
  EXPECT_EQ(json["bytes"], produced["bytes"]);
  EXPECT_FALSE(json.contains("latency_ms"));
  ExpectCost(json);
}

TEST_F(BenchTest, ConsumeEndsWithTheTopicIfItMayTakeLonger) {
  Bench({"produce", "t", "--partitions", "1", "--records", "1000"});
  ExpectMoved(Bench({"consume", "t", "--seconds", "3600"}), 1'000);
}

TEST_F(BenchTest, LatencyIsOfEachRecordAndTheWarmUpDoesNotCount) {
  const Json json = Bench({"latency", "t", "--partitions", "2", "--consumers", "2", "--rate",
                           "1000", "--warm-up", "1", "--records", "700"});
  ExpectMoved(json, 700);
  EXPECT_EQ(json["groups"], 1);
  ExpectLatencies(json["latency_ms"]);
  ExpectLatencies(json["ack_latency_ms"]);
  ExpectLatencies(json["send_lateness_ms"]);
  ExpectCost(json);
  EXPECT_EQ(RecordsIn("t"), 1'700);
  EXPECT_EQ(Groups(), Json::array());
}

TEST_F(BenchTest, LatencyLeavesRealPayloadsAsTheyAre) {
  strata_.Expect({"topic", "create", "t"});
  WriteFile(dir_ / "lines", "a line of text\n");
  Bench({"latency", "t", "--rate", "100", "--warm-up", "0", "--records", "2", "--payload-file",
         dir_ / "lines"});
  EXPECT_EQ(strata_.Expect({"consume", "t", "--from", "beginning", "--exit-at-end"}),
            "a line of text\na line of text\n");
}

TEST_F(BenchTest, FanoutDeliversEverythingToEachGroup) {
  const Json json = Bench({"fanout", "t", "--partitions", "2", "--groups", "3", "--consumers", "2",
                           "--warm-up", "0", "--records", "10000"});
  ExpectMoved(json, 30'000);
  EXPECT_EQ(json["bytes"], 30'000 * 100);
  EXPECT_EQ(json["groups"], 3);
  EXPECT_EQ(json["retries"], 0);
  EXPECT_FALSE(json.contains("latency_ms"));
  ExpectLatencies(json["ack_latency_ms"]);
  ExpectCost(json);
  EXPECT_EQ(Groups(), Json::array());
}

TEST_F(BenchTest, FanoutAtARateTellsTheLatencyOfAllGroups) {
  strata_.Expect({"topic", "create", "t"});
  // What is there already belongs to nobody.
  strata_.Expect({"produce", "t"}, "older\n");
  const Json json =
      Bench({"fanout", "t", "--groups", "2", "--rate", "1000", "--warm-up", "0", "--seconds", "1"});
  ExpectMoved(json, 2'000);
  EXPECT_EQ(json["due_per_second"], 2'000);
  ExpectLatencies(json["latency_ms"]);
}

TEST_F(BenchTest, PeopleAreToldInSentences) {
  const std::string text =
      strata_.Expect({"bench", "produce", "t", "--partitions", "1", "--records", "1000"});
  EXPECT_THAT(text, HasSubstr("1000 records, 0.1 MB appended in "));
  EXPECT_THAT(text, HasSubstr("from Send to acknowledgement: p50 "));
  EXPECT_THAT(text, HasSubstr("s per GB), peak memory "));
  EXPECT_THAT(text, HasSubstr("client: "));
}

TEST_F(BenchTest, AnInterruptEndsItWithWhatItHasGot) {
  strata_.Expect({"topic", "create", "t"});
  Background bench(strata_, {"bench", "latency", "t", "--rate", "100", "--warm-up", "0",
                             "--seconds", "3600", "--output", "json"});
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > 10; }));
  bench.process().Signal(SIGINT);
  EXPECT_EQ(bench.process().Wait(), 0);
  const Json json = Json::parse(bench.Output());
  EXPECT_EQ(json["records"], RecordsIn("t"));
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["missing"], 0);
  EXPECT_EQ(Groups(), Json::array());
}

TEST_F(BenchTest, AnInterruptWaitsForWhatTheBrokerStillOwes) {
  strata_.Expect({"topic", "create", "t"});
  Background bench(strata_, {"bench", "latency", "t", "--rate", "100", "--warm-up", "0",
                             "--seconds", "3600", "--output", "json"});
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > 10; }));
  const milliseconds stall(1'000);
  const auto begin = steady_clock::now();
  const auto has_stood_for = [&](milliseconds time) {
    return bench.process().WaitUntil([&] { return steady_clock::now() >= begin + time; });
  };
  broker_.Signal(SIGSTOP);
  ASSERT_TRUE(has_stood_for(stall / 2));
  bench.process().Signal(SIGINT);
  ASSERT_TRUE(has_stood_for(stall));
  broker_.Signal(SIGCONT);
  EXPECT_EQ(bench.process().Wait(), 0);
  const Json json = Json::parse(bench.Output());
  EXPECT_EQ(json["records"], RecordsIn("t"));
  EXPECT_EQ(json["missing"], 0);
  EXPECT_GT(json["latency_ms"]["max"], stall.count() / 2);
  EXPECT_EQ(Groups(), Json::array());
}

TEST_F(BenchTest, AnInterruptWaitsNoLongerThanACallMayTake) {
  strata_.Expect({"topic", "create", "t"});
  Background bench(strata_, {"--timeout", "2", "bench", "latency", "t", "--rate", "100",
                             "--warm-up", "0", "--seconds", "3600", "--output", "json"});
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > 10; }));
  broker_.Signal(SIGSTOP);
  const auto begin = steady_clock::now();
  ASSERT_TRUE(
      bench.process().WaitUntil([&] { return steady_clock::now() >= begin + milliseconds(200); }));
  bench.process().Signal(SIGINT);
  EXPECT_EQ(bench.process().Wait(), 0) << bench.Errors();
  broker_.Signal(SIGCONT);
  const Json json = Json::parse(bench.Output());
  EXPECT_GT(json["records"], 0);
  EXPECT_GT(json["missing"], 0);
  EXPECT_FALSE(json.contains("broker"));
  EXPECT_THAT(bench.Errors(), HasSubstr("these groups stay behind: strata-bench-"));
}

TEST_F(BenchTest, AnInterruptOfTheWarmUpHasNothingToShow) {
  strata_.Expect({"topic", "create", "t"});
  for (const char* verb : {"produce", "latency"}) {
    const std::int64_t before = RecordsIn("t");
    Background bench(strata_,
                     {"bench", verb, "t", "--rate", "100", "--warm-up", "3600", "--seconds", "1"});
    ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > before; }));
    bench.process().Signal(SIGINT);
    EXPECT_EQ(bench.process().Wait(), 1);
    EXPECT_THAT(bench.Errors(), HasSubstr("interrupted before anything was measured"));
    EXPECT_EQ(bench.Output(), "");
  }
}

TEST_F(BenchTest, MoreConnectionsThanFilesMayBeOpenAreRefused) {
  auto command =
      strata_.CommandLine({"bench", "produce", "t", "--producers", "100", "--records", "1"});
  command.insert(command.begin(), {"/bin/sh", "-c", "ulimit -n 120; exec \"$@\"", "sh"});
  const Outcome outcome = RunCommand(command);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("100 connections are too many"));
  EXPECT_THAT(outcome.err, HasSubstr("120 files open"));
}

TEST_F(BenchTest, RecordsOfSomebodyElseAreNotMeasured) {
  strata_.Expect({"topic", "create", "t"});
  Background bench(
      strata_, {"bench", "latency", "t", "--rate", "100", "--warm-up", "0", "--seconds", "3600"});
  ASSERT_TRUE(bench.process().WaitUntil([&] { return RecordsIn("t") > 10; }));
  strata_.Expect({"produce", "t"}, "another\n");
  bench.process().Signal(SIGINT);
  EXPECT_EQ(bench.process().Wait(), 1);
  EXPECT_THAT(bench.Errors(), HasSubstr("somebody else writes to it"));
  EXPECT_EQ(bench.Output(), "");
  EXPECT_EQ(Groups(), Json::array());
}

TEST_F(BenchTest, SaysWhyItCannotMeasure) {
  strata_.Expect({"topic", "create", "t", "--partitions", "2"});
  strata_.Expect({"produce", "t"}, "one\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused = {
      {{"produce", "none", "--records", "1"}, "'none'"},
      {{"produce", "t", "--partitions", "3", "--records", "1"}, "has 2 partitions, not 3"},
      {{"produce", "t", "--payload-file", dir_ / "none", "--records", "1"}, dir_ / "none"},
      {{"consume", "t", "--records", "2"}, "only 1 record,"},
      {{"consume", "t", "--records", "1", "--consumers", "3"}, "too few for 3 consumers"},
      {{"fanout", "t", "--groups", "1", "--consumers", "3", "--records", "1"}, "too few for 3"},
      {{"fanout", "new", "--partitions", "1", "--groups", "1", "--consumers", "2", "--records",
        "1"},
       "too few for 2"}};
  for (const auto& [arguments, why] : refused) {
    std::vector<std::string> command = {"bench"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Outcome outcome = strata_(command);
    EXPECT_EQ(outcome.status, 1) << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(why));
  }
  EXPECT_EQ(strata_({"topic", "describe", "new"}).status, 1);
}

}  // namespace
}  // namespace strata::e2e
