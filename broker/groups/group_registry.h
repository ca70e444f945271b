// The groups of this broker, by name. A group is read from the CursorStore when it is first used.
//
// Threads: every method may be called from any thread. GetOrCreate, Find, List, Delete and Unmake
// may wait for a disk.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/groups/group.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"

namespace strata::broker {

class GroupRegistry : public TopicListener {
 public:
  // Listens to `topics` from now on. What is given must outlive the registry, and whoever holds a
  // group.
  GroupRegistry(const Group::Environment& environment, TopicRegistry& topics,
                std::int64_t max_groups);
  ~GroupRegistry() override;

  struct Found {
    std::shared_ptr<Group> group;
    bool is_new = false;  // made by this call
  };

  // A group exists, durably, from here on. One that does not is made with these cursors, at once,
  // but those of topics that have been deleted meanwhile; what comes to it later begins at its log
  // start. INVALID_GROUP_NAME, OVERLOADED (too many groups), DISK_FULL, IO_ERROR, SHUTTING_DOWN.
  Result<Found> GetOrCreate(const std::string& name,
                            std::vector<storage::CursorEntry> first_cursors)
      STRATA_EXCLUDES(mutex_);

  // UNKNOWN_GROUP, INVALID_GROUP_NAME, IO_ERROR.
  Result<std::shared_ptr<Group>> Find(const std::string& name) STRATA_EXCLUDES(mutex_);

  // Names, in order. IO_ERROR.
  Result<std::vector<std::string>> List();

  // Of every group, by name. Those that nobody has used since the start are read for this, and not
  // kept in memory. IO_ERROR.
  Result<std::vector<GroupProgress>> Progress() STRATA_EXCLUDES(mutex_);

  // Deletes a group with its cursors. UNKNOWN_GROUP, INVALID_GROUP_NAME, GROUP_NOT_EMPTY, IO_ERROR.
  Result<void> Delete(const std::string& name) STRATA_EXCLUDES(mutex_);

  // Deletes a group again that was made for somebody who could not join it, unless it has been used
  // since, or is gone. IO_ERROR.
  Result<void> Unmake(const std::shared_ptr<Group>& group) STRATA_EXCLUDES(mutex_);

  // Hands what only memory knows of the groups' cursors to the CursorStore; before that is closed.
  void WriteMoved() STRATA_EXCLUDES(mutex_);

  // The broker stops, and ends all streams next: members are told nothing any more.
  void StopSharingOut() STRATA_EXCLUDES(mutex_);

  void OnTopicCreated(const TopicPtr& topic) override STRATA_EXCLUDES(mutex_);
  void OnPartitionsAdded(const TopicPtr& topic, std::int32_t previous_count) override
      STRATA_EXCLUDES(mutex_);
  void OnTopicDeleted(const TopicPtr& topic) override STRATA_EXCLUDES(mutex_);

 private:
  // Keeps a group that the store has.
  std::shared_ptr<Group> Add(const std::string& name,
                             const std::vector<storage::CursorEntry>& cursors)
      STRATA_REQUIRES(mutex_);
  Result<void> Create(const std::string& name, const std::vector<storage::CursorEntry>& cursors)
      STRATA_REQUIRES(mutex_);
  // Those of topics that are there. Such a topic is deleted only when the lock is free, and these
  // cursors with it.
  std::vector<storage::CursorEntry> StillThere(std::vector<storage::CursorEntry> cursors)
      STRATA_REQUIRES(mutex_);
  // Null if the store has no such group.
  Result<std::shared_ptr<Group>> Load(const std::string& name) STRATA_REQUIRES(mutex_);
  std::vector<std::shared_ptr<Group>> Loaded() STRATA_EXCLUDES(mutex_);
  // Null if it is not in memory.
  std::shared_ptr<Group> FindLoaded(const std::string& name) STRATA_EXCLUDES(mutex_);

  // Constant after construction.
  const Group::Environment environment_;
  TopicRegistry& topics_;
  const std::int64_t max_groups_;

  // Held across the disk, so that a group is loaded, created and deleted once at a time; taken
  // before a group's lock.
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Group>, std::less<>> groups_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::broker
