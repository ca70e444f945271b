#include "broker/config/broker_config.h"

#include "broker/config/topic_config.h"

namespace strata::broker {
namespace {

constexpr std::int64_t kKib = 1 << 10;
constexpr std::int64_t kMib = 1 << 20;
constexpr std::int64_t kGib = 1 << 30;
constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr std::int64_t kTenYearsMs = 10LL * 365 * 24 * kHourMs;

// A topic with default configuration always fits.
const std::int64_t kMinMessageBytes = TopicConfig().max_batch_bytes + kRequestOverheadBytes;

}  // namespace

const std::vector<ConfigKey<BrokerConfig>>& BrokerConfigKeys() {
  using C = BrokerConfig;
  static const std::vector<ConfigKey<C>> keys = {
      {"data.dir", TextField(&C::data_dir, "a directory", ParsePath),
       "Where everything is kept; it is made if there is none, and deserves a file system of its "
       "own"},
      {"listen", TextField(&C::listen, "HOST:PORT", ParseAddress),
       "Address for clients (gRPC); port 0 takes any free one"},
      {"http.listen", TextField(&C::http_listen, "HOST:PORT or off", ParseOptionalAddress),
       "Address for /metrics and /healthz (HTTP)"},
      {"default.partitions", IntegerField(&C::default_partitions, 1, 10'000),
       "Partitions of a topic that is created without a number"},
      {"max.partitions.per.topic", IntegerField(&C::max_partitions_per_topic, 1, 100'000),
       "The most partitions that a topic may have"},
      {"max.partitions.total", IntegerField(&C::max_partitions_total, 1, 1'000'000),
       "The most partitions that all topics may have together; each needs an open file"},
      {"log.writers", IntegerField(&C::log_writers, 1, 64),
       "Threads that write and flush the logs"},
      {"tail.cache.bytes", IntegerField(&C::tail_cache_bytes, 0, 64 * kGib),
       "Memory for recent batches, from which readers at the tail are served"},
      {"max.queued.bytes", IntegerField(&C::max_queued_bytes, 64 * kMib, 64 * kGib),
       "Appends that may wait for the disk before more are refused with OVERLOADED"},
      {"disk.reserve.bytes", IntegerField(&C::disk_reserve_bytes, 0, 1024 * kGib),
       "Appends are refused with DISK_FULL while the disk has less than this left, so that "
       "everything else goes on; 0: only when it is full"},
      {"cleanup.interval.ms", IntegerField(&C::cleanup_interval_ms, 10, 24 * kHourMs),
       "How often it is looked for what the topics do not want to keep"},
      {"compaction.map.bytes", IntegerField(&C::compaction_map_bytes, kMib, 16 * kGib),
       "Memory for the keys of a partition while it is compacted, 48 bytes each; what does not fit "
       "is left to the next pass"},
      {"max.append.message.bytes",
       IntegerField(&C::max_append_message_bytes, kMinMessageBytes, 128 * kMib),
       "The largest request that is received; max.batch.bytes of every topic stays 64 KiB below "
       "it"},
      {"reader.threads", IntegerField(&C::reader_threads, 1, 256),
       "Threads that read from disk for consumers"},
      {"read.max.bytes", IntegerField(&C::read_max_bytes, 64 * kKib, 64 * kMib),
       "The most bytes of records in one response; a request for more gets this"},
      {"read.max.wait.ms", IntegerField(&C::read_max_wait_ms, 0, kHourMs),
       "The longest that a read waits for records; a request for longer gets this"},
      {"max.unread.bytes", IntegerField(&C::max_unread_bytes, 16 * kMib, 64 * kGib),
       "Records that may be on their way to clients; when little of it is left, responses get "
       "smaller, down to 64 KiB or one batch"},
      {"max.producers.per.partition", IntegerField(&C::max_producers_per_partition, 1, 100'000),
       "Idempotent producers that a partition remembers; beyond it the one that was used longest "
       "ago is forgotten"},
      {"max.producer.names", IntegerField(&C::max_producer_names, 1, 1'000'000),
       "The most names of producers; a new one may take the place of one that has expired"},
      {"producer.expiry.ms", IntegerField(&C::producer_expiry_ms, kHourMs, kTenYearsMs),
       "How long a producer, or a name of one, is remembered while it is not used"},
      {"max.groups", IntegerField(&C::max_groups, 1, 1'000'000),
       "The most consumer groups that may exist"},
      {"max.members.per.group", IntegerField(&C::max_members_per_group, 1, 100'000),
       "The most members that a group may have at a time"},
      {"member.keepalive.ms", IntegerField(&C::member_keepalive_ms, 100, kHourMs),
       "How long a connection may be silent before it is asked for a sign of life, and how long "
       "the answer may take before its members have left"},
      {"revoke.timeout.ms", IntegerField(&C::revoke_timeout_ms, 0, kHourMs),
       "How long a member may take to finish and give back a partition that moves to another"},
      {"max.processing.ms", IntegerField(&C::max_processing_ms, 3'000, 24 * kHourMs),
       "How long a member may hold records without a commit, or asking for more, before its "
       "partitions go to others; a member may ask for another time"},
      {"static.return.ms", IntegerField(&C::static_return_ms, 1, 24 * kHourMs),
       "How long the partitions of a static member that is gone are kept for it; a member may ask "
       "for another time"},
      {"max.streams.per.connection", IntegerField(&C::max_streams_per_connection, 1, 1'000'000),
       "Calls and streams that one connection may have open at a time"},
      {"memory.quota.bytes", IntegerField(&C::memory_quota_bytes, 64 * kMib, 64 * kGib),
       "Memory that gRPC may use for requests and responses, beside `max.queued.bytes` and "
       "`tail.cache.bytes`, before it slows clients down"},
      {"reflection.enabled", ChoiceField(&C::reflection_enabled, {"auto", "true", "false"}),
       "Whether tools such as grpcurl may ask for the schema; auto: if the address is loopback"},
      {"shutdown.timeout.ms", IntegerField(&C::shutdown_timeout_ms, 0, 10 * 60 * 1000),
       "How long a stop waits for calls under way before it ends them"},
      {"log.level", ChoiceField(&C::log_level, {"trace", "debug", "info", "warning", "error"}),
       "The least serious messages that are written to standard error"},
  };
  return keys;
}

}  // namespace strata::broker
