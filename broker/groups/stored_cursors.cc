#include "broker/groups/stored_cursors.h"

#include <utility>

namespace strata::broker {

void StoredCursors::Set(storage::PartitionId partition, const storage::Cursor& cursor) {
  MutexLock lock(mutex_);
  stored_[partition] = cursor;
}

void StoredCursors::Sent(const std::vector<storage::CursorWrite>& writes) {
  MutexLock lock(mutex_);
  for (const storage::CursorWrite& write : writes) ++on_their_way_[write.partition];
}

void StoredCursors::Answered(const std::vector<storage::CursorWrite>& writes, bool stored) {
  MutexLock lock(mutex_);
  for (const storage::CursorWrite& write : writes) {
    const bool last = --on_their_way_[write.partition] == 0;
    if (last) on_their_way_.erase(write.partition);
    if (stored) {
      stored_[write.partition] = *write.cursor;
      refused_.erase(write.partition);
    } else if (last) {
      refused_.insert(write.partition);
    }
  }
}

void StoredCursors::Forget(storage::TopicId topic) {
  MutexLock lock(mutex_);
  std::erase_if(stored_, [topic](const auto& entry) { return entry.first.topic == topic; });
}

storage::Cursor StoredCursors::Get(storage::PartitionId partition) const {
  MutexLock lock(mutex_);
  const auto found = stored_.find(partition);
  return found == stored_.end() ? storage::Cursor() : found->second;
}

std::map<storage::PartitionId, Offset> StoredCursors::Committed() const {
  MutexLock lock(mutex_);
  std::map<storage::PartitionId, Offset> committed;
  for (const auto& [partition, cursor] : stored_) committed[partition] = cursor.committed;
  return committed;
}

std::set<storage::PartitionId> StoredCursors::TakeRefused() {
  MutexLock lock(mutex_);
  return std::exchange(refused_, {});
}

}  // namespace strata::broker
