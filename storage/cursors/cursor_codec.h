// How groups and cursors are laid out in their family of the database; see storage/FORMAT.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/cursor_store.h"

namespace strata::storage {

// The family of the database of truth that holds them.
inline constexpr char kCursorFamily[] = "cursors";

// One entry for each group that exists. Keys sort as the names do.
std::string GroupKeyPrefix();
std::string EncodeGroupKey(std::string_view group);
std::string_view DecodeGroupKey(std::string_view encoded);
std::string EncodeGroupValue();

// One entry for each cursor. The cursors of a group lie together, by topic and partition.
struct CursorKey {
  std::string_view group;  // points into what was decoded
  PartitionId partition;
};
std::string CursorKeyPrefix();  // of all groups
std::string CursorKeyPrefix(std::string_view group);
std::string EncodeCursorKey(std::string_view group, PartitionId partition);
std::optional<CursorKey> DecodeCursorKey(std::string_view encoded);  // nothing: damaged

std::string EncodeCursor(const Cursor& cursor);
std::optional<Cursor> DecodeCursor(std::string_view bytes);  // nothing: damaged

}  // namespace strata::storage
