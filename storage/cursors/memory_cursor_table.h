// A CursorTable in memory, for tests: everything is gone with it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "proto/base/mutex.h"
#include "storage/cursors/cursor_table.h"

namespace strata::storage {

// A complete CursorStore over such a table.
std::unique_ptr<CursorStore> MakeMemoryCursorStore();

class MemoryCursorTable : public CursorTable {
 public:
  Result<std::vector<std::string>> ListGroups() override;
  Result<std::optional<std::vector<CursorEntry>>> Load(std::string_view group) override;
  Result<std::vector<CursorWrite>> FindTopic(TopicId topic) override;
  Result<void> Apply(std::span<const CursorChange> changes, bool sync) override;
  Result<void> Sync() override { return Ok(); }

 private:
  void ApplyOne(const std::vector<CursorWrite>& writes) STRATA_REQUIRES(mutex_);
  void ApplyOne(const GroupCreation& creation) STRATA_REQUIRES(mutex_);
  void ApplyOne(const GroupDeletion& deletion) STRATA_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<std::string, std::map<PartitionId, Cursor>, std::less<>> groups_
      STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
