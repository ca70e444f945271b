// What /metrics shows of groups: how many there are, their members, and how far behind they are.
#pragma once

#include <chrono>
#include <vector>

#include "broker/groups/group_registry.h"
#include "broker/metrics/metrics.h"
#include "broker/threads/executor.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/mutex.h"
#include "storage/log_store.h"

namespace strata::broker {

// Who asks waits for a second at most, however many groups there are and whatever the disk does: a
// look that takes longer is shown to the one who asks next, up to a minute later. There is one at a
// time. Groups that cannot be read are not shown as gone, nor as they once were: then nothing is.
//
// Threads: any; the looks have one of their own.
class GroupGauges {
 public:
  // All are used only from Read on, and outlive Stop.
  GroupGauges(GroupRegistry& groups, const TopicRegistry& topics, storage::LogStore& logs)
      : groups_(groups), topics_(topics), logs_(logs) {}

  std::vector<Metrics::Gauge> Read() STRATA_EXCLUDES(mutex_);

  // Waits for the look under way; there is none after it.
  void Stop() { looker_.Stop(); }

 private:
  using Clock = std::chrono::steady_clock;

  std::vector<Metrics::Gauge> Look();
  void LookAndKeep() STRATA_EXCLUDES(mutex_);
  void AddLags(const GroupProgress& group, std::vector<Metrics::Sample>* samples);

  GroupRegistry& groups_;
  const TopicRegistry& topics_;
  storage::LogStore& logs_;

  Mutex mutex_;
  CondVar looked_;
  bool looking_ STRATA_GUARDED_BY(mutex_) = false;
  std::vector<Metrics::Gauge> seen_ STRATA_GUARDED_BY(mutex_);
  Clock::time_point seen_at_ STRATA_GUARDED_BY(mutex_);

  Executor looker_{"strata-look", 1};  // stops first
};

}  // namespace strata::broker
