#include "broker/groups/group_cursors.h"

#include <algorithm>
#include <utility>

namespace strata::broker {

GroupCursors::GroupCursors(std::string group, storage::CursorStore& store,
                           const std::vector<storage::CursorEntry>& cursors,
                           std::shared_ptr<StoredCursors> stored)
    : group_(std::move(group)), store_(store), stored_(std::move(stored)) {
  for (const storage::CursorEntry& entry : cursors) {
    cursors_.emplace(entry.partition, entry.cursor);
    stored_->Set(entry.partition, entry.cursor);
  }
}

void GroupCursors::Commit(const MemberId& member, std::vector<OffsetToCommit> offsets, Done done) {
  TakeBackRefused();
  std::vector<storage::CursorWrite> writes;
  for (OffsetToCommit& commit : offsets) {
    storage::Cursor& cursor = cursors_[commit.partition];
    if (commit.offset >= cursor.committed) {
      cursor.committed = commit.offset;
      cursor.member = member;
      cursor.metadata = std::move(commit.metadata);
      cursor.committed_at_ms = WallClockMs();
    }
    writes.push_back({group_, commit.partition, cursor});
  }
  Send(std::move(writes), /*durable=*/true, std::move(done));
}

bool GroupCursors::Delivered(PartitionId partition, Offset next) {
  cursors_[partition].current = next;
  const bool first = moved_.empty();
  moved_.insert(partition);
  return first;
}

void GroupCursors::WriteMoved(Done done) {
  TakeBackRefused();
  std::vector<storage::CursorWrite> writes;
  for (PartitionId partition : std::exchange(moved_, {})) {
    const auto cursor = cursors_.find(partition);
    if (cursor != cursors_.end()) writes.push_back({group_, partition, cursor->second});
  }
  if (!writes.empty()) Send(std::move(writes), /*durable=*/false, std::move(done));
}

void GroupCursors::Seek(const std::vector<SeekTarget>& targets, Done done) {
  TakeBackRefused();
  std::vector<storage::CursorWrite> writes;
  for (const SeekTarget& target : targets) {
    storage::Cursor cursor;
    cursor.current = target.to;
    cursor.committed = target.to;
    cursor.committed_at_ms = WallClockMs();
    cursors_[target.partition] = cursor;
    writes.push_back({group_, target.partition, std::move(cursor)});
  }
  Send(std::move(writes), /*durable=*/true, std::move(done));
}

void GroupCursors::SeekRefused(const std::vector<PartitionId>& partitions) {
  TakeBackRefused();
  for (const PartitionId partition : partitions) {
    const auto cursor = cursors_.find(partition);
    if (cursor != cursors_.end()) cursor->second.current = stored_->Get(partition).current;
  }
}

storage::Cursor GroupCursors::Begin(PartitionId partition, Offset log_start,
                                    std::optional<Offset> seek_to) {
  TakeBackRefused();
  storage::Cursor& cursor = cursors_[partition];
  cursor.current = seek_to ? *seek_to : std::max(cursor.committed, log_start);
  begun_ahead_.erase(partition);
  begun_too_far_.erase(partition);
  const bool is_ahead = !seek_to && cursor.committed > stored_->Get(partition).committed;
  if (is_ahead) begun_ahead_[partition] = cursor.committed;
  return cursor;
}

std::vector<PartitionId> GroupCursors::TakeBegunTooFar() {
  TakeBackRefused();
  const auto taken = std::exchange(begun_too_far_, {});
  return {taken.begin(), taken.end()};
}

void GroupCursors::Forget(TopicId topic) {
  std::erase_if(cursors_, [&](const auto& entry) { return entry.first.topic == topic; });
  std::erase_if(begun_ahead_, [&](const auto& entry) { return entry.first.topic == topic; });
  std::erase_if(begun_too_far_, [&](PartitionId partition) { return partition.topic == topic; });
  stored_->Forget(topic);
}

std::set<TopicId> GroupCursors::Topics() const {
  std::set<TopicId> topics;
  for (const auto& [partition, cursor] : cursors_) topics.insert(partition.topic);
  return topics;
}

std::vector<storage::CursorEntry> GroupCursors::Describe() const {
  std::vector<storage::CursorEntry> described;
  for (const auto& [partition, cursor] : cursors_) {
    storage::Cursor shown = stored_->Get(partition);
    shown.current = cursor.current;
    described.push_back({partition, std::move(shown)});
  }
  return described;
}

void GroupCursors::Send(std::vector<storage::CursorWrite> writes, bool durable, Done done) {
  stored_->Sent(writes);
  auto answered = [stored = stored_, writes, done = std::move(done)](Result<void> result) {
    stored->Answered(writes, result.has_value());
    if (done) done(std::move(result));
  };
  store_.Write(std::move(writes), durable, std::move(answered));
}

void GroupCursors::TakeBackRefused() {
  for (const PartitionId partition : stored_->TakeRefused()) {
    const auto cursor = cursors_.find(partition);
    if (cursor == cursors_.end()) continue;
    const Offset current = cursor->second.current;
    cursor->second = stored_->Get(partition);
    cursor->second.current = current;
    const auto begun = begun_ahead_.find(partition);
    if (begun == begun_ahead_.end() || begun->second <= cursor->second.committed) continue;
    begun_ahead_.erase(begun);
    begun_too_far_.insert(partition);
  }
}

}  // namespace strata::broker
