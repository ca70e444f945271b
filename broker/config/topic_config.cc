#include "broker/config/topic_config.h"

namespace strata::broker {
namespace {

constexpr std::int64_t kTenYearsMs = 10LL * 365 * 24 * 60 * 60 * 1000;

constexpr std::int64_t kMaxRetentionBytes = 1LL << 53;

storage::CleanupOptions ToCleanupOptions(const TopicConfig& config) {
  storage::CleanupOptions options;
  options.compact = config.compacts();
  options.tombstone_age = std::chrono::milliseconds(config.delete_retention_ms);
  options.compaction_lag = std::chrono::milliseconds(config.min_compaction_lag_ms);
  options.dirty_ratio = config.min_cleanable_dirty_ratio;
  if (!config.deletes()) return options;
  if (config.retention_ms >= 0) {
    options.retention_age = std::chrono::milliseconds(config.retention_ms);
  }
  if (config.retention_bytes >= 0) options.retention_bytes = config.retention_bytes;
  return options;
}

}  // namespace

const std::vector<ConfigKey<TopicConfig>>& TopicConfigKeys() {
  using C = TopicConfig;
  static const std::vector<ConfigKey<C>> keys = {
      {"cleanup.policy",
       ChoiceField(&C::cleanup_policy, {"delete", "compact", "compact,delete", "delete,compact"}),
       "What happens to old records: delete (by retention.ms and retention.bytes), compact (the "
       "last "
       "record of each key stays), or both"},
      {"delete.retention.ms", IntegerField(&C::delete_retention_ms, 0, kTenYearsMs),
       "How long compaction keeps a tombstone, a record without value, after what it deletes is "
       "gone"},
      {"durability", DurabilityField(&C::durability),
       "What an acknowledgement means where the producer does not say: on disk, in the operating "
       "system, or in the broker's memory; with fsync, readers see only what is on disk"},
      {"flush.interval.ms", IntegerField(&C::flush_interval_ms, 10, 60 * 60 * 1000),
       "How often records go to disk when durability is not fsync"},
      {"max.batch.bytes", IntegerField(&C::max_batch_bytes, 1024, 64 << 20),
       "The largest encoded record batch that is accepted"},
      {"max.timestamp.ahead.ms", IntegerField(&C::max_timestamp_ahead_ms, 0, kTenYearsMs),
       "How far ahead of the broker's clock a record's timestamp may be"},
      {"min.cleanable.dirty.ratio", FractionField(&C::min_cleanable_dirty_ratio),
       "Compaction begins when at least this part of a partition's bytes came since the last one"},
      {"min.compaction.lag.ms", IntegerField(&C::min_compaction_lag_ms, 0, kTenYearsMs),
       "Compaction leaves segments alone that hold a record younger than this"},
      {"retention.bytes", IntegerField(&C::retention_bytes, -1, kMaxRetentionBytes),
       "The oldest segments of a partition are deleted while at least this many bytes are left; "
       "-1: "
       "never"},
      {"retention.ms", IntegerField(&C::retention_ms, -1, 10 * kTenYearsMs),
       "Segments whose records are all older than this are deleted; -1: never"},
      {"segment.bytes", IntegerField(&C::segment_bytes, 4096, 1 << 30),
       "A segment is closed before it would grow beyond this"},
      {"segment.ms", IntegerField(&C::segment_ms, 1000, kTenYearsMs),
       "A segment is closed when its first record was appended longer ago than this"},
  };
  return keys;
}

Result<TopicConfig> ParseTopicConfig(const TopicConfigText& text) {
  TopicConfig config;
  for (const auto& [name, value] : text) {
    STRATA_TRY(SetKey(TopicConfigKeys(), "topic", name, value, config));
  }
  return config;
}

storage::LogOptions ToLogOptions(const TopicConfig& config) {
  storage::LogOptions options;
  options.segment_bytes = config.segment_bytes;
  options.segment_age = std::chrono::milliseconds(config.segment_ms);
  options.durability = config.durability;
  options.flush_interval = std::chrono::milliseconds(config.flush_interval_ms);
  options.cleanup = ToCleanupOptions(config);
  return options;
}

}  // namespace strata::broker
