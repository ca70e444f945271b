// What a topic does not want to keep goes away by itself, with the real broker.

#include <nlohmann/json.hpp>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using Json = nlohmann::json;

class Cleanup : public ::testing::Test {
 protected:
  Json Partition(const std::string& topic) {
    const std::string text = strata_.Expect({"topic", "describe", topic, "--output", "json"});
    return Json::parse(text).at("partitions").at(0);
  }

  // About a kilobyte each, one batch for each call.
  void Produce(const std::string& topic, int records) {
    for (int i = 0; i < records; ++i) {
      strata_.Expect({"produce", topic}, std::to_string(i) + std::string(1'000, 'x') + "\n");
    }
  }

  std::size_t CountConsumed(const std::string& topic) {
    return CountLines(strata_.Expect({"consume", topic, "--from", "beginning", "--exit-at-end"}));
  }

  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data", {"--cleanup-interval-ms", "20"}};
  StrataCommand strata_{broker_.address()};
};

TEST_F(Cleanup, RetentionBytesMovesTheLogStart) {
  strata_.Expect({"topic", "create", "t", "--config", "segment.bytes=4096"});
  Produce("t", 20);
  EXPECT_EQ(Partition("t").at("log_start"), 0);
  strata_.Expect({"topic", "alter", "t", "--config", "retention.bytes=8192"});
  ASSERT_TRUE(Eventually([&] { return Partition("t").at("size_bytes") < 8192 + 4096; }));
  const Json partition = Partition("t");
  EXPECT_GE(partition.at("size_bytes"), 8192);
  EXPECT_GT(partition.at("log_start"), 0);
  EXPECT_EQ(partition.at("log_end"), 20);
  EXPECT_EQ(CountConsumed("t"), 20 - partition.at("log_start").get<std::size_t>());
}

TEST_F(Cleanup, RetentionMsEmptiesAnIdleTopicAndTheLogStartSurvivesAKill) {
  strata_.Expect({"topic", "create", "t"});
  Produce("t", 3);
  strata_.Expect({"topic", "alter", "t", "--config", "retention.ms=1"});
  ASSERT_TRUE(Eventually([&] { return Partition("t").at("log_start") == 3; }));
  EXPECT_EQ(Partition("t").at("size_bytes"), 0);
  broker_.Kill();
  broker_.Start();
  EXPECT_EQ(Partition("t").at("log_start"), 3);
  EXPECT_EQ(Partition("t").at("log_end"), 3);
  strata_.Expect({"topic", "alter", "t", "--config", "retention.ms="});
  Produce("t", 1);
  EXPECT_EQ(CountConsumed("t"), 1U);
}

TEST_F(Cleanup, CompactionKeepsTheLastValueOfEachKey) {
  strata_.Expect({"topic", "create", "t", "--config", "cleanup.policy=compact", "--config",
                  "segment.bytes=4096", "--config", "segment.ms=1000", "--config",
                  "min.cleanable.dirty.ratio=0"});
  for (int round = 0; round < 20; ++round) {
    std::string lines;
    for (int key = 0; key < 10; ++key) {
      lines += "key" + std::to_string(key) + ":" + std::to_string(round) + "\n";
    }
    strata_.Expect({"produce", "t", "--key-separator", ":"}, lines);
  }
  const auto table = [&] {
    return strata_.Expect(
        {"consume", "t", "--from", "beginning", "--exit-at-end", "--format", "%o %k %s\\n"});
  };
  ASSERT_TRUE(Eventually([&] { return CountLines(table()) == 10; })) << table();
  std::string expected;
  for (int key = 0; key < 10; ++key) {
    expected += std::to_string(190 + key) + " key" + std::to_string(key) + " 19\n";
  }
  EXPECT_EQ(table(), expected);
  EXPECT_EQ(Partition("t").at("log_end"), 200);

  broker_.Kill();
  broker_.Start();
  EXPECT_EQ(table(), expected);
  EXPECT_EQ(strata_.Expect({"consume", "t", "--group", "g", "--from", "beginning", "--exit-at-end",
                            "--format", "%o %k %s\\n"}),
            expected);
}

TEST_F(Cleanup, ATombstoneDeletesItsKeyAndThenItself) {
  strata_.Expect({"topic", "create", "t", "--config", "cleanup.policy=compact", "--config",
                  "segment.ms=1000", "--config", "min.cleanable.dirty.ratio=0", "--config",
                  "delete.retention.ms=1"});
  const auto produce = [&](std::string_view lines) {
    strata_.Expect({"produce", "t", "--key-separator", ":", "--null-value", "NULL"}, lines);
  };
  produce("gone:here\nkept:here\nempty:\n");
  produce("gone:NULL\n");
  const auto read = [&](const std::string& format) {
    return strata_.Expect({"consume", "t", "--exit-at-end", "--format", format});
  };
  EXPECT_NE(read("%k %S\n").find("gone -1\n"), std::string::npos);
  EXPECT_NE(read("%k %S\n").find("empty 0\n"), std::string::npos);
  // Tombstones are not looked at before another segment is closed behind them.
  ASSERT_TRUE(Eventually([&] {
    produce("kept:again\n");
    return read("%k\n").find("gone") == std::string::npos;
  })) << read("%k %S\n");
  EXPECT_NE(read("%k %S\n").find("empty 0\n"), std::string::npos);
}

TEST_F(Cleanup, ACompactedTopicRefusesRecordsWithoutAKey) {
  strata_.Expect({"topic", "create", "t", "--config", "cleanup.policy=compact,delete"});
  const Outcome refused = strata_({"produce", "t"}, "no key\n");
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("KEY_REQUIRED"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace strata::e2e
