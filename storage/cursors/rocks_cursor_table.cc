#include "storage/cursors/rocks_cursor_table.h"

#include <utility>
#include <variant>

#include "storage/cursors/cursor_codec.h"
#include "storage/cursors/queued_cursor_store.h"
#include "storage/encoding/quote.h"
#include "storage/rocks/rocks_batch.h"

namespace strata::storage {

namespace {

Error Damaged(std::string_view key_bytes) {
  const auto key = DecodeCursorKey(key_bytes);
  if (!key) return {ErrorCode::CORRUPT_LOG, "the cursor key " + Quote(key_bytes) + " is damaged"};
  return {ErrorCode::CORRUPT_LOG, "the cursor of group " + Quote(key->group) + " on partition " +
                                      std::to_string(key->partition.partition) + " of topic " +
                                      std::to_string(key->partition.topic) + " is damaged"};
}

Result<std::vector<std::string>> ReadGroups(const RocksDb& db, RocksFamily family) {
  std::vector<std::string> names;
  STRATA_TRY(db.ScanPrefix(family, GroupKeyPrefix(), [&](auto key, auto) {
    names.emplace_back(DecodeGroupKey(key));
    return true;
  }));
  return names;
}

}  // namespace

Result<std::unique_ptr<CursorStore>> OpenRocksCursorStore(RocksDb& db, RocksFamily family) {
  STRATA_TRY_ASSIGN(const auto names, ReadGroups(db, family));
  return std::make_unique<QueuedCursorStore>(std::make_unique<RocksCursorTable>(
      db, family, std::set<std::string, std::less<>>(names.begin(), names.end())));
}

Result<std::vector<std::string>> RocksCursorTable::ListGroups() {
  return ReadGroups(db_, family_);
}

Result<std::optional<std::vector<CursorEntry>>> RocksCursorTable::Load(std::string_view group) {
  STRATA_TRY_ASSIGN(const auto exists, db_.Get(family_, EncodeGroupKey(group)));
  if (!exists) return std::nullopt;
  std::vector<CursorEntry> entries;
  std::optional<Error> damaged;
  STRATA_TRY(db_.ScanPrefix(family_, CursorKeyPrefix(group), [&](auto key_bytes, auto bytes) {
    const auto key = DecodeCursorKey(key_bytes);
    auto cursor = DecodeCursor(bytes);
    if (!key || !cursor) {
      damaged = Damaged(key_bytes);
      return false;
    }
    entries.push_back({key->partition, std::move(*cursor)});
    return true;
  }));
  if (damaged) return Fail(std::move(*damaged));
  return entries;
}

// Topics are deleted rarely: looking at every cursor is cheaper than a second order of the keys.
Result<std::vector<CursorWrite>> RocksCursorTable::FindTopic(TopicId topic) {
  std::vector<CursorWrite> deletions;
  STRATA_TRY(db_.ScanPrefix(family_, CursorKeyPrefix(), [&](auto key_bytes, auto) {
    const auto key = DecodeCursorKey(key_bytes);
    if (key && key->partition.topic == topic) {
      deletions.push_back({std::string(key->group), key->partition, std::nullopt});
    }
    return true;
  }));
  return deletions;
}

Result<void> RocksCursorTable::Apply(std::span<const CursorChange> changes, bool sync) {
  STRATA_TRY(db_.health());
  if (!groups_) {
    STRATA_TRY_ASSIGN(const auto names, ReadGroups(db_, family_));
    groups_.emplace(names.begin(), names.end());
  }
  Result<void> applied = TryApply(changes, sync);
  if (!applied) groups_.reset();
  return applied;
}

Result<void> RocksCursorTable::TryApply(std::span<const CursorChange> changes, bool sync) {
  RocksBatch batch;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    STRATA_TRY(
        std::visit([&](const auto& one) { return Add(one, changes.first(i), batch); }, changes[i]));
  }
  return db_.Write(batch, sync);
}

Result<void> RocksCursorTable::Add(const std::vector<CursorWrite>& writes,
                                   std::span<const CursorChange>, RocksBatch& batch) {
  for (const CursorWrite& write : writes) {
    const std::string key = EncodeCursorKey(write.group, write.partition);
    if (write.cursor) {
      EnsureGroup(write.group, batch);
      batch.Put(family_, key, EncodeCursor(*write.cursor));
    } else {
      batch.Delete(family_, key);
    }
  }
  return Ok();
}

Result<void> RocksCursorTable::Add(const GroupCreation& creation, std::span<const CursorChange>,
                                   RocksBatch& batch) {
  EnsureGroup(creation.group, batch);
  return Ok();
}

// Deletes what is found in the database, and what the batch is about to put there.
Result<void> RocksCursorTable::Add(const GroupDeletion& deletion,
                                   std::span<const CursorChange> before, RocksBatch& batch) {
  for (const CursorChange& change : before) {
    const auto* const writes = std::get_if<std::vector<CursorWrite>>(&change);
    if (!writes) continue;
    for (const CursorWrite& write : *writes) {
      if (write.group != deletion.group) continue;
      batch.Delete(family_, EncodeCursorKey(write.group, write.partition));
    }
  }
  const std::string cursors = CursorKeyPrefix(deletion.group);
  STRATA_TRY(db_.DeleteRange(family_, cursors, PrefixEnd(cursors), &batch));
  batch.Delete(family_, EncodeGroupKey(deletion.group));
  groups_->erase(deletion.group);
  return Ok();
}

void RocksCursorTable::EnsureGroup(const std::string& group, RocksBatch& batch) {
  if (groups_->insert(group).second) batch.Put(family_, EncodeGroupKey(group), EncodeGroupValue());
}

}  // namespace strata::storage
