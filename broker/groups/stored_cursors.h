// What the CursorStore has said of the cursors of one group: which of them it holds, and which are
// on their way to it. So that nobody is shown as committed what was refused.
//
// Threads: every method may be called from any thread; its lock is taken behind all others.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "storage/cursor_store.h"

namespace strata::broker {

class StoredCursors {
 public:
  // The store holds this.
  void Set(storage::PartitionId partition, const storage::Cursor& cursor) STRATA_EXCLUDES(mutex_);

  // These go to the store now; in the order in which they do...
  void Sent(const std::vector<storage::CursorWrite>& writes) STRATA_EXCLUDES(mutex_);
  // ...and were stored, or refused; in the same order.
  void Answered(const std::vector<storage::CursorWrite>& writes, bool stored)
      STRATA_EXCLUDES(mutex_);

  // The topic's cursors are gone.
  void Forget(storage::TopicId topic) STRATA_EXCLUDES(mutex_);

  // A cursor without offsets if the store has none.
  storage::Cursor Get(storage::PartitionId partition) const STRATA_EXCLUDES(mutex_);

  // Of every partition that the store knows of.
  std::map<storage::PartitionId, Offset> Committed() const STRATA_EXCLUDES(mutex_);

  // The partitions whose last write was refused, each once: what the store holds of them counts.
  std::set<storage::PartitionId> TakeRefused() STRATA_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<storage::PartitionId, storage::Cursor> stored_ STRATA_GUARDED_BY(mutex_);
  std::map<storage::PartitionId, int> on_their_way_ STRATA_GUARDED_BY(mutex_);
  std::set<storage::PartitionId> refused_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::broker
