// What can be configured for the broker as a whole. README.md beside this file lists the keys for
// people; each key is also a flag of stratad (data.dir is --data-dir).
//
// Pure data; callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/config/config_key.h"

namespace strata::broker {

// Every value is within the bounds of its key. The initial values are the defaults; what each is
// for stands in the table of keys (broker_config.cc).
struct BrokerConfig {
  std::string data_dir = "strata-data";
  std::string listen = "127.0.0.1:7070";
  std::string http_listen = "127.0.0.1:7071";

  std::int64_t default_partitions = 1;
  std::int64_t max_partitions_per_topic = 10'000;
  std::int64_t max_partitions_total = 16'000;

  std::int64_t log_writers = 2;
  std::int64_t tail_cache_bytes = 64 << 20;
  std::int64_t max_queued_bytes = 256 << 20;
  std::int64_t disk_reserve_bytes = 256 << 20;
  std::int64_t cleanup_interval_ms = 30'000;
  std::int64_t compaction_map_bytes = 64 << 20;

  std::int64_t max_append_message_bytes = 32 << 20;
  std::int64_t reader_threads = 2;
  std::int64_t read_max_bytes = 16 << 20;
  std::int64_t read_max_wait_ms = 60'000;
  std::int64_t max_unread_bytes = 192 << 20;

  std::int64_t max_producers_per_partition = 1'000;
  std::int64_t max_producer_names = 10'000;
  std::int64_t producer_expiry_ms = 7LL * 24 * 60 * 60 * 1000;

  std::int64_t max_groups = 10'000;
  std::int64_t max_members_per_group = 1'000;
  std::int64_t member_keepalive_ms = 5'000;
  std::int64_t revoke_timeout_ms = 30'000;
  std::int64_t max_processing_ms = 300'000;
  std::int64_t static_return_ms = 45'000;

  std::int64_t max_streams_per_connection = 1'000;
  std::int64_t memory_quota_bytes = 512 << 20;
  std::string reflection_enabled = "auto";
  std::int64_t shutdown_timeout_ms = 10'000;
  std::string log_level = "info";

  bool operator==(const BrokerConfig&) const = default;
};

// What a request needs beside the batch in it: max.append.message.bytes is larger than the largest
// batch by this.
inline constexpr std::int64_t kRequestOverheadBytes = 64 << 10;

// The table of keys, in the order of the page.
const std::vector<ConfigKey<BrokerConfig>>& BrokerConfigKeys();

}  // namespace strata::broker
