// What can be configured for a topic. The keys, their bounds and defaults are listed for people in
// README.md beside this file.
//
// Pure data and functions; callable from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/config/config_key.h"
#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::broker {

// Every value is within the bounds of its key. The initial values are the defaults.
struct TopicConfig {
  std::int64_t segment_bytes = 256LL << 20;
  std::int64_t segment_ms = 7LL * 24 * 60 * 60 * 1000;
  Durability durability = Durability::kFsync;
  std::int64_t flush_interval_ms = 1000;
  std::string cleanup_policy = "delete";
  std::int64_t delete_retention_ms = 24LL * 60 * 60 * 1000;  // of tombstones
  std::int64_t min_compaction_lag_ms = 0;
  double min_cleanable_dirty_ratio = 0.5;
  // -1: unlimited.
  std::int64_t retention_ms = -1;
  std::int64_t retention_bytes = -1;
  // An encoded batch, header included; the records of one plain append count as they are encoded.
  std::int64_t max_batch_bytes = 16 << 20;
  // A record whose timestamp is further ahead of the broker's clock is refused.
  std::int64_t max_timestamp_ahead_ms = 60 * 60 * 1000;

  bool operator==(const TopicConfig&) const = default;

  // What cleanup_policy asks for; one of them at least.
  bool compacts() const { return cleanup_policy != "delete"; }
  bool deletes() const { return cleanup_policy != "compact"; }
};

// A topic's configuration as it was set: key and value as text. Keys that are not in it are at
// their default.
using TopicConfigText = std::map<std::string, std::string>;

// The table of keys, in the order of the page.
const std::vector<ConfigKey<TopicConfig>>& TopicConfigKeys();

// INVALID_CONFIG: an unknown key (the message names the nearest known one), or a value that is out
// of bounds (it names the bounds).
Result<TopicConfig> ParseTopicConfig(const TopicConfigText& text);

// The part that concerns the topic's logs.
storage::LogOptions ToLogOptions(const TopicConfig& config);

}  // namespace strata::broker
