// Where cursors lie, without any opinion on when they are written: what a backend provides under
// QueuedCursorStore.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "storage/cursor_store.h"
#include "storage/cursors/cursor_change.h"

namespace strata::storage {

class CursorTable {
 public:
  virtual ~CursorTable() = default;

  // As CursorStore says of the methods of these names; from any thread, beside anything else.
  virtual Result<std::vector<std::string>> ListGroups() = 0;
  virtual Result<std::optional<std::vector<CursorEntry>>> Load(std::string_view group) = 0;

  // What there is to write so that no group has a cursor on the topic any more. From any thread.
  virtual Result<std::vector<CursorWrite>> FindTopic(TopicId topic) = 0;

  // Applies the changes in order; each of them is atomic. With `sync` they are on disk when this
  // returns. After an error none of them is seen, and whether they are found after a crash is
  // unknown; later calls fail until the backend has been opened anew. Called by one thread at a
  // time. IO_ERROR, DISK_FULL.
  virtual Result<void> Apply(std::span<const CursorChange> changes, bool sync) = 0;

  // All that was applied is on disk when this returns. Called like Apply; fails like it.
  virtual Result<void> Sync() = 0;
};

}  // namespace strata::storage
