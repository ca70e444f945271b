// A topic as the broker knows it: immutable, shared; a change makes another one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "broker/config/topic_config.h"
#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::broker {

struct Topic {
  storage::TopicId id = 0;  // never reused
  std::string name;
  std::int32_t partition_count = 0;  // may only grow
  TopicConfig config;
  TopicConfigText config_text;  // what was set, of which `config` is the parsed form
  TimestampMs created_at_ms = kNoTimestamp;

  bool HasPartition(std::int32_t partition) const {
    return partition >= 0 && partition < partition_count;
  }
  storage::PartitionId Partition(std::int32_t partition) const { return {id, partition}; }
};

// UNKNOWN_PARTITION, naming the topic and what it has.
Result<void> CheckPartition(const Topic& topic, std::int32_t partition);

// Who holds one may go on using it after the topic was changed or deleted; the logs of a deleted
// topic answer UNKNOWN_PARTITION.
using TopicPtr = std::shared_ptr<const Topic>;

}  // namespace strata::broker
