// Topics and groups, as an operator sees them. Every method is one call to the broker and waits for
// its answer; all errors of the table may come back, UNAVAILABLE and TIMEOUT among them.
// Safe to use from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/position.h"
#include "proto/base/types.h"

namespace strata {

struct TopicInfo {
  std::string name;
  std::uint64_t id = 0;
  std::int32_t partition_count = 0;
  std::map<std::string, std::string> config;  // only what was set
  TimestampMs created_at_ms = kNoTimestamp;
};

struct PartitionInfo {
  std::int32_t partition = 0;
  Offset log_start = 0;
  Offset stable = 0;
  Offset log_end = 0;
  std::int64_t size_bytes = 0;
  std::string problem;  // empty: all is well
};

struct TopicConfigEntry {
  std::string key;
  std::string value;
  bool is_set = false;
  std::string description;
};

struct TopicDescription {
  TopicInfo topic;
  std::vector<PartitionInfo> partitions;  // by number
  std::vector<TopicConfigEntry> config;   // every key, by name
};

struct GroupInfo {
  std::string name;
  std::int32_t members = 0;
  std::int64_t generation = 0;
};

struct GroupMemberInfo {
  std::string member_id;
  std::string client_id;
  std::string peer;
  std::int32_t partitions = 0;
  std::string instance_id;  // of a static member
  bool away = false;        // a static member that has gone and is expected back
};

struct GroupPartitionInfo {
  std::string topic;
  std::int32_t partition = 0;
  Offset current = kNoOffset;
  Offset committed = kNoOffset;
  Offset log_start = 0;
  Offset log_end = 0;
  // Not committed yet, and the age of the oldest such record; 0 without any.
  std::int64_t lag_records = 0;
  double lag_seconds = 0;
  // The same for what was not delivered yet.
  std::int64_t lag_delivery_records = 0;
  double lag_delivery_seconds = 0;
  std::int64_t in_flight = 0;
  std::string member;  // empty: nobody holds it
  // Of the last commit: when, the id of the member, and its note.
  TimestampMs committed_at_ms = kNoTimestamp;
  std::string committed_by;
  std::string metadata;
};

struct GroupDescription {
  std::string name;
  std::int64_t generation = 0;
  std::vector<GroupMemberInfo> members;
  std::vector<GroupPartitionInfo> partitions;  // by topic and partition
};

struct SeekInfo {
  std::int32_t partition = 0;
  Offset from = kNoOffset;
  Offset to = kNoOffset;
  // From what was committed, or from the log start, to there: so many are skipped, or (negative)
  // come again.
  std::int64_t records = 0;
};

struct BrokerInfo {
  std::string version;
  std::string cluster_id;
  std::int64_t uptime_ms = 0;
  std::int32_t topic_count = 0;
  std::int32_t partition_count = 0;
  std::chrono::microseconds cpu_time{0};  // of all its threads since its start
  std::int64_t resident_bytes = 0;        // in memory now; 0: not known
};

class Admin {
 public:
  explicit Admin(std::shared_ptr<Connection> connection);
  ~Admin();

  // `partition_count` 0: the broker's default.
  Result<TopicInfo> CreateTopic(const std::string& name, std::int32_t partition_count = 0,
                                const std::map<std::string, std::string>& config = {});
  Result<std::vector<TopicInfo>> ListTopics();
  Result<TopicDescription> DescribeTopic(const std::string& name);
  // An empty value sets a key back to its default. `partition_count` 0: unchanged.
  Result<TopicInfo> AlterTopic(const std::string& name,
                               const std::map<std::string, std::string>& config,
                               std::int32_t partition_count = 0);
  Result<void> DeleteTopic(const std::string& name);

  Result<std::vector<GroupInfo>> ListGroups();
  Result<GroupDescription> DescribeGroup(const std::string& group);
  // No `partitions`: all of the topic.
  Result<std::vector<SeekInfo>> SeekGroup(const std::string& group, const std::string& topic,
                                          const std::vector<std::int32_t>& partitions,
                                          const Position& to, bool dry_run);
  Result<void> DeleteGroup(const std::string& group);

  Result<BrokerInfo> DescribeBroker();

 private:
  const std::shared_ptr<Connection> connection_;
};

}  // namespace strata
