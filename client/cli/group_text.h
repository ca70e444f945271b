// How a group is shown: to people and as JSON, at rest or with what has changed per second.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "client/lib/admin.h"
#include "client/lib/consumer.h"

namespace strata::cli {

// How fast the offsets of a partition move, in records per second.
struct PartitionRates {
  double current = 0;
  double committed = 0;
  double log_end = 0;
};
using GroupRates = std::map<TopicPartition, PartitionRates>;

struct GroupSnapshot {
  GroupDescription group;
  std::chrono::steady_clock::time_point at;
};

// Of the partitions that are in both. A seek may make them negative.
GroupRates RatesBetween(const GroupSnapshot& before, const GroupSnapshot& after);

// "-" for what there is not.
std::string OffsetText(Offset offset);

// Where every partition is, who has committed it when, and the members. With `rates`, which may
// lack partitions, three columns more.
std::string ToText(const GroupDescription& group, const GroupRates* rates = nullptr);
nlohmann::ordered_json ToJson(const GroupDescription& group, const GroupRates* rates = nullptr);

}  // namespace strata::cli
