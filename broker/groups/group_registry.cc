#include "broker/groups/group_registry.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "broker/topics/names.h"
#include "proto/base/awaited.h"

namespace strata::broker {
namespace {

constexpr std::size_t kMostNamed = 3;

// "member 'a1b2' (...)", "7 members: ..."
std::string MembersText(const std::vector<GroupDescription::Member>& members) {
  std::string text = members.size() == 1 ? "" : fmt::format("{} members: ", members.size());
  for (std::size_t i = 0; i < std::min(members.size(), kMostNamed); ++i) {
    text += (i == 0 ? "" : ", ") + Describe(members[i].info);
  }
  return members.size() > kMostNamed ? text + ", ..." : text;
}

tl::unexpected<Error> Unknown(const std::string& name) {
  return Fail(ErrorCode::UNKNOWN_GROUP, fmt::format("group {} does not exist", Quoted(name)));
}

}  // namespace

GroupRegistry::GroupRegistry(const Group::Environment& environment, TopicRegistry& topics,
                             std::int64_t max_groups)
    : environment_(environment), topics_(topics), max_groups_(max_groups) {
  topics_.AddListener(this);
}

GroupRegistry::~GroupRegistry() {
  topics_.RemoveListener(this);
}

std::shared_ptr<Group> GroupRegistry::Add(const std::string& name,
                                          const std::vector<storage::CursorEntry>& cursors) {
  return groups_.emplace(name, std::make_shared<Group>(name, environment_, cursors)).first->second;
}

Result<std::shared_ptr<Group>> GroupRegistry::Load(const std::string& name) {
  if (const auto it = groups_.find(name); it != groups_.end()) return it->second;
  STRATA_TRY_ASSIGN(const auto cursors, environment_.cursors.Load(name));
  if (!cursors) return nullptr;
  return Add(name, *cursors);
}

std::vector<storage::CursorEntry> GroupRegistry::StillThere(
    std::vector<storage::CursorEntry> cursors) {
  std::map<storage::TopicId, bool> there;
  std::erase_if(cursors, [&](const storage::CursorEntry& entry) {
    const storage::TopicId topic = entry.partition.topic;
    const auto [known, first] = there.try_emplace(topic);
    if (first) known->second = environment_.find_topic(topic) != nullptr;
    return !known->second;
  });
  return cursors;
}

Result<void> GroupRegistry::Create(const std::string& name,
                                   const std::vector<storage::CursorEntry>& cursors) {
  if (cursors.empty()) return environment_.cursors.CreateGroup(name);
  std::vector<storage::CursorWrite> writes;
  for (const storage::CursorEntry& entry : cursors) {
    writes.push_back({name, entry.partition, entry.cursor});
  }
  const Awaited<void> written;
  environment_.cursors.Write(std::move(writes), /*durable=*/true, written.Callback());
  return written.Wait();
}

Result<GroupRegistry::Found> GroupRegistry::GetOrCreate(
    const std::string& name, std::vector<storage::CursorEntry> first_cursors) {
  STRATA_TRY(ValidateGroupName(name));
  MutexLock lock(mutex_);
  STRATA_TRY_ASSIGN(auto group, Load(name));
  if (group) return Found{std::move(group)};
  STRATA_TRY_ASSIGN(const auto names, environment_.cursors.ListGroups());
  if (static_cast<std::int64_t>(names.size()) >= max_groups_) {
    return Fail(ErrorCode::OVERLOADED,
                fmt::format("there are {} groups already, the limit of this broker", names.size()));
  }
  const auto cursors = StillThere(std::move(first_cursors));
  STRATA_TRY(Create(name, cursors));
  return Found{Add(name, cursors), /*is_new=*/true};
}

Result<std::shared_ptr<Group>> GroupRegistry::Find(const std::string& name) {
  STRATA_TRY(ValidateGroupName(name));
  MutexLock lock(mutex_);
  STRATA_TRY_ASSIGN(auto group, Load(name));
  if (!group) return Unknown(name);
  return group;
}

Result<std::vector<std::string>> GroupRegistry::List() {
  return environment_.cursors.ListGroups();
}

Result<void> GroupRegistry::Delete(const std::string& name) {
  STRATA_TRY(ValidateGroupName(name));
  MutexLock lock(mutex_);
  STRATA_TRY_ASSIGN(const auto group, Load(name));
  if (!group) return Unknown(name);
  if (!group->Retire()) {
    return Fail(ErrorCode::GROUP_NOT_EMPTY,
                fmt::format("group '{}' has {}", name, MembersText(group->Describe().members)));
  }
  groups_.erase(name);
  return environment_.cursors.DeleteGroup(name);
}

Result<void> GroupRegistry::Unmake(const std::shared_ptr<Group>& group) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(group->name());
  if (found == groups_.end() || found->second != group || !group->RetireIfUnused()) return Ok();
  groups_.erase(found);
  return environment_.cursors.DeleteGroup(group->name());
}

std::vector<std::shared_ptr<Group>> GroupRegistry::Loaded() {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<Group>> groups;
  for (const auto& [name, group] : groups_) groups.push_back(group);
  return groups;
}

std::shared_ptr<Group> GroupRegistry::FindLoaded(const std::string& name) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : found->second;
}

Result<std::vector<GroupProgress>> GroupRegistry::Progress() {
  STRATA_TRY_ASSIGN(const auto names, List());
  std::vector<GroupProgress> all;
  for (const std::string& name : names) {
    if (const auto group = FindLoaded(name)) {
      all.push_back(group->Progress());
      continue;
    }
    STRATA_TRY_ASSIGN(const auto cursors, environment_.cursors.Load(name));
    if (!cursors) continue;  // deleted meanwhile
    GroupProgress& progress = all.emplace_back();
    progress.name = name;
    for (const auto& [partition, cursor] : *cursors) {
      progress.topics.insert(partition.topic);
      progress.committed[partition] = cursor.committed;
    }
  }
  return all;
}

void GroupRegistry::WriteMoved() {
  for (const auto& group : Loaded()) group->WriteMoved();
}

void GroupRegistry::StopSharingOut() {
  for (const auto& group : Loaded()) group->StopSharingOut();
}

void GroupRegistry::OnTopicCreated(const TopicPtr& topic) {
  for (const auto& group : Loaded()) group->TopicCreated(topic);
}

void GroupRegistry::OnPartitionsAdded(const TopicPtr& topic, std::int32_t) {
  for (const auto& group : Loaded()) group->PartitionsAdded(topic);
}

void GroupRegistry::OnTopicDeleted(const TopicPtr& topic) {
  for (const auto& group : Loaded()) group->TopicDeleted(topic->id);
}

}  // namespace strata::broker
