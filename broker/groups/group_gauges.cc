#include "broker/groups/group_gauges.h"

#include <string>
#include <utility>

#include "broker/groups/cursor_lag.h"

namespace strata::broker {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::minutes kOld{1};

Offset CommittedIn(const GroupProgress& group, PartitionId partition) {
  const auto found = group.committed.find(partition);
  return found == group.committed.end() ? kNoOffset : found->second;
}

}  // namespace

std::vector<Metrics::Gauge> GroupGauges::Read() {
  const auto deadline = Clock::now() + kPatience;
  MutexLock lock(mutex_);
  if (!looking_) looking_ = looker_.Post([this] { LookAndKeep(); });
  while (looking_ && looked_.WaitUntil(mutex_, deadline)) {
  }
  if (Clock::now() - seen_at_ > kOld) return {};
  return seen_;
}

void GroupGauges::LookAndKeep() {
  std::vector<Metrics::Gauge> seen = Look();
  MutexLock lock(mutex_);
  seen_ = std::move(seen);
  seen_at_ = Clock::now();
  looking_ = false;
  looked_.NotifyAll();
}

std::vector<Metrics::Gauge> GroupGauges::Look() {
  const auto groups = groups_.Progress();
  if (!groups) return {};
  Metrics::Gauge members{
      "strata_group_members", "Members of each group, with static ones that are expected back", {}};
  Metrics::Gauge lags{"strata_group_lag_offsets",
                      "Offsets from what a group has committed, or the log start if that is later, "
                      "to the end, of all partitions of a topic together",
                      {}};
  for (const GroupProgress& group : *groups) {
    members.samples.push_back({{{"group", group.name}}, static_cast<double>(group.members)});
    AddLags(group, &lags.samples);
  }
  const auto count = static_cast<double>(groups->size());
  return {{"strata_groups", "Consumer groups", {{{}, count}}}, std::move(members), std::move(lags)};
}

void GroupGauges::AddLags(const GroupProgress& group, std::vector<Metrics::Sample>* samples) {
  for (const storage::TopicId id : group.topics) {
    const TopicPtr topic = topics_.FindById(id);
    if (!topic) continue;  // deleted meanwhile
    Offset behind = 0;
    for (std::int32_t i = 0; i < topic->partition_count; ++i) {
      const PartitionId partition = topic->Partition(i);
      const auto ends = logs_.Ends(partition);
      if (ends) behind += LagOf({.committed = CommittedIn(group, partition)}, *ends).behind;
    }
    samples->push_back(
        {{{"group", group.name}, {"topic", topic->name}}, static_cast<double>(behind)});
  }
}

}  // namespace strata::broker
