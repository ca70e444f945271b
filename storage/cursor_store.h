// The groups' cursors, one for each group and partition: where delivery has come to (`current`) and
// what the group has declared as processed (`committed`).
//
// Cursors never expire. A commit is on disk when it is acknowledged; `current` is written along or
// lazily, and may be older after a crash, which costs nothing: delivery resumes from `committed`.
//
// Reading sees every write that was called before.
//
// Threads: every method may be called from any thread. Write never waits for a disk; the others
// may. Callbacks run on a thread of the store, must be short and must not block; of the store's
// methods they may call Write alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::storage {

struct Cursor {
  Offset current = kNoOffset;
  Offset committed = kNoOffset;
  // Of the last commit: the member, its note, and when.
  std::string member;
  std::string metadata;
  TimestampMs committed_at_ms = kNoTimestamp;

  bool operator==(const Cursor&) const = default;
};

struct CursorEntry {
  PartitionId partition;
  Cursor cursor;
};

struct CursorWrite {
  std::string group;
  PartitionId partition;
  std::optional<Cursor> cursor;  // replaces the cursor as a whole; absent: deletes it
};

class CursorStore {
 public:
  virtual ~CursorStore() = default;

  // Names of all groups that exist, in order. IO_ERROR.
  virtual Result<std::vector<std::string>> ListGroups() = 0;

  // A group exists from its first CreateGroup on, even without cursors. Durable on return; creating
  // one that exists succeeds. IO_ERROR.
  virtual Result<void> CreateGroup(std::string_view group) = 0;

  // Every cursor of a group, by partition; nullopt if the group does not exist. CORRUPT_LOG (a
  // cursor is damaged; the message names group and partition), IO_ERROR.
  virtual Result<std::optional<std::vector<CursorEntry>>> Load(std::string_view group) = 0;

  // Writes cursors, atomically for one call. With `durable`, `done` is called when they are on
  // disk; calls of all groups that come together share one flush. Without it, they are written with
  // the next flush, or without one within a fraction of a second, and `done` is called then. Calls
  // are applied in order, so a later write of the same cursor wins. Writing a cursor of a group
  // that does not exist creates the group; deleting one does not. `done` may be empty. Errors, by
  // way of `done`: IO_ERROR, DISK_FULL (not seen by anybody, but may be found after a crash;
  // nothing more is written until the store has been mended), SHUTTING_DOWN (on the caller's
  // thread). A write that is called before all those have been told whose writes were refused
  // before it is refused with them: it may hold what one of them was to store. So is
  // a creation or a deletion. Who has been told and writes again at once may be refused once more,
  // even if the store has been mended meanwhile, as others have not been told yet.
  virtual void Write(std::vector<CursorWrite> writes, bool durable,
                     std::function<void(Result<void>)> done) = 0;

  // Deletes a group with all its cursors, durably. Deleting one that is not there succeeds.
  // IO_ERROR.
  virtual Result<void> DeleteGroup(std::string_view group) = 0;

  // Deletes the cursors of all groups on a topic, durably; the groups stay. A write that runs
  // beside it may survive, so the caller first makes an end of those. IO_ERROR.
  virtual Result<void> DeleteTopic(TopicId topic) = 0;

  // Finishes what is queued, durably; later writes fail with SHUTTING_DOWN, reading goes on.
  // Idempotent. IO_ERROR.
  virtual Result<void> Close() = 0;
};

}  // namespace strata::storage
