#include "storage/cursors/memory_cursor_table.h"

#include <variant>

#include "storage/cursors/queued_cursor_store.h"

namespace strata::storage {

std::unique_ptr<CursorStore> MakeMemoryCursorStore() {
  return std::make_unique<QueuedCursorStore>(std::make_unique<MemoryCursorTable>());
}

Result<std::vector<std::string>> MemoryCursorTable::ListGroups() {
  std::vector<std::string> names;
  MutexLock lock(mutex_);
  for (const auto& [name, cursors] : groups_) names.push_back(name);
  return names;
}

Result<std::optional<std::vector<CursorEntry>>> MemoryCursorTable::Load(std::string_view group) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end()) return std::nullopt;
  std::vector<CursorEntry> entries;
  for (const auto& [partition, cursor] : found->second) entries.push_back({partition, cursor});
  return entries;
}

Result<std::vector<CursorWrite>> MemoryCursorTable::FindTopic(TopicId topic) {
  std::vector<CursorWrite> deletions;
  MutexLock lock(mutex_);
  for (const auto& [name, cursors] : groups_) {
    for (const auto& [partition, cursor] : cursors) {
      if (partition.topic == topic) deletions.push_back({name, partition, std::nullopt});
    }
  }
  return deletions;
}

Result<void> MemoryCursorTable::Apply(std::span<const CursorChange> changes, bool /*sync*/) {
  MutexLock lock(mutex_);
  for (const CursorChange& change : changes) {
    std::visit([this](const auto& one) STRATA_NO_THREAD_SAFETY_ANALYSIS { ApplyOne(one); }, change);
  }
  return Ok();
}

void MemoryCursorTable::ApplyOne(const std::vector<CursorWrite>& writes) {
  for (const CursorWrite& write : writes) {
    if (write.cursor) {
      groups_[write.group].insert_or_assign(write.partition, *write.cursor);
    } else if (const auto found = groups_.find(write.group); found != groups_.end()) {
      found->second.erase(write.partition);
    }
  }
}

void MemoryCursorTable::ApplyOne(const GroupCreation& creation) {
  groups_.try_emplace(creation.group);
}

void MemoryCursorTable::ApplyOne(const GroupDeletion& deletion) {
  groups_.erase(deletion.group);
}

}  // namespace strata::storage
