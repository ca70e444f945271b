// Both cursors of every partition of one group: as they are with what is on its way to the
// CursorStore, and as that holds them.
//
// A commit never moves the committed offset back (one below it is written as it is: more than that
// is processed); only a seek does. What the CursorStore refuses has not happened: nobody is shown
// it, and whoever comes next (a commit, a seek, a new holder) finds the cursors as if nobody had
// asked. Who has begun behind it before it was refused must begin anew (TakeBegunTooFar).
//
// Who may move them is not asked here: the group has decided that before.
//
// Not thread-safe: the group calls it with its lock held, so that the CursorStore sees the writes
// in the order of the commits and seeks. No method waits for a disk. Callbacks run on a thread of
// the CursorStore, also when this is gone; with SHUTTING_DOWN, on the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/membership.h"
#include "broker/groups/stored_cursors.h"
#include "storage/cursor_store.h"

namespace strata::broker {

struct OffsetToCommit {
  PartitionId partition;
  Offset offset = 0;
  Generation generation = 0;
  std::string metadata;
};

struct SeekTarget {
  PartitionId partition;
  Offset to = 0;
};

class GroupCursors {
 public:
  // DISK_FULL, IO_ERROR or SHUTTING_DOWN, for all of what was asked.
  using Done = std::function<void(Result<void>)>;

  // `store` outlives this. `cursors` is what it holds of the group. `stored` is empty, and kept up
  // to date from now on: what people are shown.
  GroupCursors(std::string group, storage::CursorStore& store,
               const std::vector<storage::CursorEntry>& cursors,
               std::shared_ptr<StoredCursors> stored);

  // Moves the committed offsets that are ahead of those known, and calls `done` when all are on
  // disk.
  void Commit(const MemberId& member, std::vector<OffsetToCommit> offsets, Done done);

  // Everything before `next` was sent to a member. True: the first one that WriteMoved would write,
  // so it should be called soon.
  [[nodiscard]] bool Delivered(PartitionId partition, Offset next);

  // Hands current offsets that were delivered since to the CursorStore, and calls `done` if there
  // are any. They may be lost with the machine.
  void WriteMoved(Done done);

  // Moves both cursors, and calls `done` when that is on disk.
  void Seek(const std::vector<SeekTarget>& targets, Done done);

  // A seek was refused: delivery goes back to where the CursorStore is, too.
  void SeekRefused(const std::vector<PartitionId>& partitions);

  // A new holder begins: its current offset is `seek_to`; without one the committed offset, or the
  // log start if that is larger. In memory alone.
  storage::Cursor Begin(PartitionId partition, Offset log_start, std::optional<Offset> seek_to);

  // The partitions whose holder has begun behind a commit that was refused since; each once.
  std::vector<PartitionId> TakeBegunTooFar();

  // The topic is gone; the CursorStore forgets its cursors otherwise.
  void Forget(TopicId topic);

  // Those of which there are cursors.
  std::set<TopicId> Topics() const;

  // By partition: the current offset as it is now, everything else as the CursorStore holds it.
  std::vector<storage::CursorEntry> Describe() const;

 private:
  // Hands cursors to the CursorStore and keeps in mind what it answers.
  void Send(std::vector<storage::CursorWrite> writes, bool durable, Done done);
  // Forgets commits and seeks that were refused.
  void TakeBackRefused();

  const std::string group_;
  storage::CursorStore& store_;
  const std::shared_ptr<StoredCursors> stored_;

  // With what is on its way to the CursorStore.
  std::map<PartitionId, storage::Cursor> cursors_;
  // Those whose current offset is not in the CursorStore yet.
  std::set<PartitionId> moved_;
  // The committed offsets at which holders have begun that were on their way to the CursorStore.
  std::map<PartitionId, Offset> begun_ahead_;
  // Those of them that were refused.
  std::set<PartitionId> begun_too_far_;
};

}  // namespace strata::broker
