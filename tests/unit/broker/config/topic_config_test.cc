#include "broker/config/topic_config.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

std::string MessageOf(const TopicConfigText& text) {
  const auto config = ParseTopicConfig(text);
  if (config) return "accepted";
  EXPECT_EQ(config.error().code, ErrorCode::INVALID_CONFIG);
  return config.error().message;
}

TEST(TopicConfig, NothingSetMeansTheDefaults) {
  EXPECT_EQ(ParseTopicConfig({}), TopicConfig());
  EXPECT_EQ(TopicConfig().durability, Durability::kFsync);
}

TEST(TopicConfig, SetsWhatIsNamedAndLeavesTheRest) {
  const auto config = ParseTopicConfig({{"segment.bytes", "65536"}, {"durability", "os"}});
  TopicConfig expected;
  expected.segment_bytes = 65536;
  expected.durability = Durability::kOs;
  EXPECT_EQ(config, expected);
}

TEST(TopicConfig, EveryDefaultIsAcceptedByItsOwnKey) {
  for (const auto& key : TopicConfigKeys()) {
    EXPECT_EQ(ParseTopicConfig({{std::string(key.name), key.field.get(TopicConfig())}}),
              TopicConfig())
        << key.name;
  }
}

TEST(TopicConfig, AnUnknownKeyIsRefusedWithTheNearestOne) {
  EXPECT_EQ(MessageOf({{"segment.byte", "1"}}),
            "there is no topic configuration key 'segment.byte'; the nearest is 'segment.bytes'");
  EXPECT_EQ(MessageOf({{"", "1"}}).find("there is no topic configuration key ''"), 0u);
}

TEST(TopicConfig, AValueOutOfBoundsIsRefusedWithTheBounds) {
  EXPECT_EQ(MessageOf({{"segment.bytes", "1"}}),
            "segment.bytes cannot be '1': use a whole number from 4096 to 1073741824");
  EXPECT_EQ(MessageOf({{"durability", "maybe"}}),
            "durability cannot be 'maybe': use one of fsync, os, none");
}

TEST(TopicConfig, TheLogsGetTheirPart) {
  const auto config = ParseTopicConfig({{"segment.bytes", "65536"},
                                        {"segment.ms", "5000"},
                                        {"durability", "none"},
                                        {"flush.interval.ms", "50"},
                                        {"retention.ms", "60000"},
                                        {"retention.bytes", "0"}});
  const storage::LogOptions options = ToLogOptions(*config);
  EXPECT_EQ(options.segment_bytes, 65536);
  EXPECT_EQ(options.segment_age, std::chrono::seconds(5));
  EXPECT_EQ(options.durability, Durability::kNone);
  EXPECT_EQ(options.flush_interval, std::chrono::milliseconds(50));
  EXPECT_EQ(options.cleanup.retention_age, std::chrono::minutes(1));
  EXPECT_EQ(options.cleanup.retention_bytes, 0);
}

TEST(TopicConfig, CompactionTakesItsPartAndTurnsDeletionOff) {
  TopicConfigText text = {{"cleanup.policy", "compact"},
                          {"delete.retention.ms", "1000"},
                          {"min.compaction.lag.ms", "2000"},
                          {"min.cleanable.dirty.ratio", "0.25"},
                          {"retention.ms", "3000"}};
  storage::CleanupOptions options = ToLogOptions(*ParseTopicConfig(text)).cleanup;
  EXPECT_TRUE(options.compact);
  EXPECT_EQ(options.tombstone_age, std::chrono::seconds(1));
  EXPECT_EQ(options.compaction_lag, std::chrono::seconds(2));
  EXPECT_EQ(options.dirty_ratio, 0.25);
  EXPECT_EQ(options.retention_age, std::nullopt);
  text["cleanup.policy"] = "compact,delete";
  options = ToLogOptions(*ParseTopicConfig(text)).cleanup;
  EXPECT_TRUE(options.compact);
  EXPECT_EQ(options.retention_age, std::chrono::seconds(3));
}

TEST(TopicConfig, NothingIsDeletedUnlessAskedFor) {
  const storage::LogOptions options = ToLogOptions(TopicConfig());
  EXPECT_FALSE(options.cleanup.compact);
  EXPECT_EQ(options.cleanup.retention_age, std::nullopt);
  EXPECT_EQ(options.cleanup.retention_bytes, std::nullopt);
}

}  // namespace
}  // namespace strata::broker
