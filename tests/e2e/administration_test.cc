// What an operator asks of the broker, its topics and groups through the command.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Administration = E2eTest;

TEST_F(Administration, TheBrokerTellsWhatItIsAndHolds) {
  strata_.Expect({"topic", "create", "t", "--partitions", "3"});
  const auto broker =
      nlohmann::json::parse(strata_.Expect({"broker", "describe", "--output", "json"}));
  EXPECT_EQ(broker["topics"], 1);
  EXPECT_EQ(broker["partitions"], 3);
  EXPECT_NE(broker["version"], "");
  EXPECT_THAT(strata_.Expect({"broker", "describe"}), StartsWith("VERSION"));
}

// Each field that a command writes is on the page, in backquotes or in the table.
void ExpectDescribed(const nlohmann::json& json, const std::string& page) {
  for (const auto& [name, value] : json.items()) {
    if (json.is_object()) {
      EXPECT_THAT(page, HasSubstr(name));
    }
    if (value.is_structured() && name != "config") ExpectDescribed(value, page);
  }
}

TEST_F(Administration, WhatIsWrittenAsJsonIsOnItsPage) {
  const std::string page = ReadFile(STRATA_SOURCE_DIR "/client/cli/JSON.md");
  strata_.Expect({"topic", "create", "t", "--config", "durability=os"});
  strata_.Expect({"produce", "t", "--key-separator", ":"}, "a:\xff\n");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  const std::vector<std::vector<std::string>> commands = {
      {"topic", "list"},
      {"topic", "describe", "t"},
      {"group", "list"},
      {"group", "describe", "g"},
      {"group", "seek", "g", "--topic", "t", "--to", "end", "--dry-run"},
      {"broker", "describe"},
      {"consume", "t", "--exit-at-end"},
      {"bench", "produce", "t", "--records", "1"},
      {"bench", "consume", "t", "--records", "1"},
      {"bench", "latency", "t", "--records", "1", "--rate", "1000", "--warm-up", "0"},
      {"bench", "fanout", "t", "--records", "1", "--groups", "1", "--warm-up", "0"}};
  for (std::vector<std::string> command : commands) {
    SCOPED_TRACE(command[0] + " " + command[1]);
    command.insert(command.end(), {"--output", "json"});
    ExpectDescribed(nlohmann::json::parse(strata_.Expect(command)), page);
  }
}

TEST_F(Administration, ATopicThatIsThereCanBeLeftAsItIs) {
  strata_.Expect({"topic", "create", "t", "--partitions", "2"});
  EXPECT_EQ(strata_.Expect({"topic", "create", "t", "--partitions", "7", "--if-not-exists"}),
            "found topic 't' with 2 partitions\n");
  EXPECT_EQ(strata_.Expect({"topic", "create", "u", "--if-not-exists"}),
            "created topic 'u' with 1 partition\n");
}

TEST_F(Administration, AGroupIsNamedAboveItsTable) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  EXPECT_THAT(strata_.Expect({"group", "describe", "g"}), StartsWith("group g, 0 members\n"));
}

TEST_F(Administration, ASeekMovesThePartitionsThatItNames) {
  strata_.Expect({"topic", "create", "t", "--partitions", "3"});
  for (const char* partition : {"0", "1", "2"}) {
    strata_.Expect({"produce", "t", "--partition", partition}, "a\n");
  }
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  const auto moves = nlohmann::json::parse(
      strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning", "--partition", "0",
                      "--partition", "2", "--output", "json"}));
  ASSERT_EQ(moves.size(), 2U);
  EXPECT_EQ(moves[0]["partition"], 0);
  EXPECT_EQ(moves[1]["partition"], 2);
  EXPECT_EQ(moves[0]["moved"], true);
  EXPECT_THAT(strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end", "--format", "%p"}),
              AnyOf("02", "20"));
}

TEST_F(Administration, ASeekWhereTheGroupHasNeverReadSaysSo) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"topic", "create", "other"});
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  EXPECT_THAT(strata_.Expect({"group", "seek", "g", "--topic", "other", "--to", "end"}),
              HasSubstr("group 'g' had committed nothing of topic 'other' there"));
}

}  // namespace
}  // namespace strata::e2e
