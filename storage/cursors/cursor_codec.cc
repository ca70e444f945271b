#include "storage/cursors/cursor_codec.h"

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"

namespace strata::storage {

namespace {

constexpr char kGroupTag = 'g';
constexpr std::uint8_t kCursorTag = 'c';
constexpr std::uint8_t kFormat = 1;

// "None" is -1 and comes often: one more makes it the shortest varint.
std::uint64_t Shift(std::int64_t value) {
  return static_cast<std::uint64_t>(value) + 1;
}
std::int64_t Unshift(std::uint64_t value) {
  return static_cast<std::int64_t>(value - 1);
}

}  // namespace

std::string GroupKeyPrefix() {
  return std::string(1, kGroupTag);
}

std::string EncodeGroupKey(std::string_view group) {
  return GroupKeyPrefix().append(group);
}

std::string_view DecodeGroupKey(std::string_view encoded) {
  return encoded.substr(1);
}

std::string EncodeGroupValue() {
  return std::string(1, static_cast<char>(kFormat));
}

std::string CursorKeyPrefix() {
  return std::string(1, static_cast<char>(kCursorTag));
}

std::string CursorKeyPrefix(std::string_view group) {
  ByteWriter writer;
  writer.Fixed(kCursorTag);
  writer.Fixed(static_cast<std::uint32_t>(group.size()));
  writer.Raw(group);
  return writer.Take();
}

std::string EncodeCursorKey(std::string_view group, PartitionId partition) {
  ByteWriter writer;
  writer.Raw(CursorKeyPrefix(group));
  writer.Fixed(partition.topic);
  writer.Fixed(static_cast<std::uint32_t>(partition.partition));
  return writer.Take();
}

std::optional<CursorKey> DecodeCursorKey(std::string_view encoded) {
  ByteReader reader(encoded);
  std::uint8_t tag = 0;
  std::uint32_t size = 0;
  std::uint32_t partition = 0;
  CursorKey key;
  if (!reader.Fixed(&tag) || tag != kCursorTag || !reader.Fixed(&size) ||
      !reader.Raw(size, &key.group) || !reader.Fixed(&key.partition.topic) ||
      !reader.Fixed(&partition) || !reader.done()) {
    return std::nullopt;
  }
  key.partition.partition = static_cast<std::int32_t>(partition);
  return key;
}

std::string EncodeCursor(const Cursor& cursor) {
  ByteWriter writer;
  writer.Fixed(kFormat);
  writer.Varint(Shift(cursor.current));
  writer.Varint(Shift(cursor.committed));
  writer.Varint(Shift(cursor.committed_at_ms));
  writer.Sized(cursor.member);
  writer.Sized(cursor.metadata);
  return writer.Take();
}

std::optional<Cursor> DecodeCursor(std::string_view bytes) {
  ByteReader reader(bytes);
  std::uint8_t format = 0;
  std::uint64_t current = 0;
  std::uint64_t committed = 0;
  std::uint64_t committed_at_ms = 0;
  std::string_view member;
  std::string_view metadata;
  if (!reader.Fixed(&format) || format != kFormat || !reader.Varint(&current) ||
      !reader.Varint(&committed) || !reader.Varint(&committed_at_ms) || !reader.Sized(&member) ||
      !reader.Sized(&metadata) || !reader.done()) {
    return std::nullopt;
  }
  return Cursor{Unshift(current), Unshift(committed), std::string(member), std::string(metadata),
                Unshift(committed_at_ms)};
}

}  // namespace strata::storage
