// A CursorTable in one family of a RocksDB database of truth.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "storage/cursors/cursor_table.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

class RocksBatch;

// A complete CursorStore over such a table. `db` must outlive it, and nothing else may use the
// family. IO_ERROR, CORRUPT_LOG.
Result<std::unique_ptr<CursorStore>> OpenRocksCursorStore(RocksDb& db, RocksFamily family);

class RocksCursorTable : public CursorTable {
 public:
  RocksCursorTable(RocksDb& db, RocksFamily family, std::set<std::string, std::less<>> groups)
      : db_(db), family_(family), groups_(std::move(groups)) {}

  Result<std::vector<std::string>> ListGroups() override;
  Result<std::optional<std::vector<CursorEntry>>> Load(std::string_view group) override;
  Result<std::vector<CursorWrite>> FindTopic(TopicId topic) override;
  Result<void> Apply(std::span<const CursorChange> changes, bool sync) override;
  Result<void> Sync() override { return db_.Sync(); }

 private:
  Result<void> TryApply(std::span<const CursorChange> changes, bool sync);
  // Each adds one change to the batch; `before` are those that are in it already.
  Result<void> Add(const std::vector<CursorWrite>& writes, std::span<const CursorChange> before,
                   RocksBatch& batch);
  Result<void> Add(const GroupCreation& creation, std::span<const CursorChange> before,
                   RocksBatch& batch);
  Result<void> Add(const GroupDeletion& deletion, std::span<const CursorChange> before,
                   RocksBatch& batch);
  void EnsureGroup(const std::string& group, RocksBatch& batch);

  RocksDb& db_;
  const RocksFamily family_;

  // Owned by the thread that applies changes.
  // The groups that exist, with what is in the batch; nothing after a batch that has failed.
  std::optional<std::set<std::string, std::less<>>> groups_;
};

}  // namespace strata::storage
