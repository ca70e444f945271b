#include "storage/rocks/table_check.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "proto/batch/crc32c.h"
#include "storage/encoding/byte_reader.h"

namespace strata::storage {

namespace {

constexpr char kCrc32cChecksums = 1;
constexpr std::size_t kHandlesBytes = 40;
constexpr std::uint64_t kMagic = 0x88e241b785f4cff7;
constexpr std::size_t kFooterBytes = 1 + kHandlesBytes + sizeof(std::uint32_t) + sizeof kMagic;

// Behind each block, not counted in its size: how it is compressed, and a checksum of both.
constexpr std::size_t kTrailerBytes = 1 + sizeof(std::uint32_t);

template <class Int>
Int LoadLittleEndian(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little, "write the swap for this machine");
  Int value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Where a block lies.
struct Handle {
  std::uint64_t position = 0;
  std::uint64_t size = 0;
};

std::optional<Handle> TakeHandle(ByteReader& reader) {
  Handle handle;
  if (!reader.Varint(&handle.position) || !reader.Varint(&handle.size)) return std::nullopt;
  return handle;
}

// Fewer than `count` bytes, if the file ends before.
Result<std::string> ReadAt(const File& file, std::uint64_t position, std::size_t count) {
  std::string bytes(count, '\0');
  STRATA_TRY_ASSIGN(const std::size_t got,
                    file.Read(static_cast<std::int64_t>(position), bytes.data(), bytes.size()));
  bytes.resize(got);
  return bytes;
}

// Whether a block and its trailer lie within the table.
bool IsWithin(std::uint64_t table_bytes, const Handle& handle) {
  return handle.size <= table_bytes && handle.position <= table_bytes - handle.size &&
         kTrailerBytes <= table_bytes - handle.size - handle.position;
}

// Of the directory of blocks; nothing if this is no table, or one with other checksums.
Result<std::optional<Handle>> FindMetaIndex(const File& table, std::uint64_t table_bytes) {
  if (table_bytes < kFooterBytes) return std::nullopt;
  STRATA_TRY_ASSIGN(const std::string footer,
                    ReadAt(table, table_bytes - kFooterBytes, kFooterBytes));
  const std::string_view magic = std::string_view(footer).substr(kFooterBytes - sizeof kMagic);
  if (footer.front() != kCrc32cChecksums || LoadLittleEndian<std::uint64_t>(magic) != kMagic) {
    return std::nullopt;
  }
  ByteReader handles(std::string_view(footer).substr(1, kHandlesBytes));
  const auto meta_index = TakeHandle(handles);
  const auto index = TakeHandle(handles);
  if (!meta_index || !index || !IsWithin(table_bytes, *meta_index) ||
      !IsWithin(table_bytes, *index)) {
    return Fail(ErrorCode::CORRUPT_LOG, "the footer of the table leads out of it");
  }
  return meta_index;
}

// A CRC that is stored among what it covers is stored masked (util/crc32c.h of RocksDB).
std::uint32_t Masked(std::uint32_t crc) {
  return std::rotr(crc, 15) + 0xa282ead8U;
}

// A block and its trailer, if they lie within the table and the checksum is right.
Result<std::optional<std::string>> ReadBlock(const File& table, std::uint64_t table_bytes,
                                             const Handle& handle) {
  if (!IsWithin(table_bytes, handle)) return std::nullopt;
  STRATA_TRY_ASSIGN(std::string block, ReadAt(table, handle.position, handle.size + kTrailerBytes));
  if (block.size() < handle.size + kTrailerBytes) return std::nullopt;
  const std::string_view covered = std::string_view(block).substr(0, handle.size + 1);
  const std::string_view stored = std::string_view(block).substr(covered.size());
  if (Masked(Crc32c(covered)) != LoadLittleEndian<std::uint32_t>(stored)) return std::nullopt;
  return block;
}

// In this block each key is whole; behind the entries, where they begin.
std::optional<Handle> FindProperties(std::string_view meta_index) {
  ByteReader reader(meta_index);
  std::uint64_t shared = 0;
  std::uint64_t key_bytes = 0;
  std::uint64_t value_bytes = 0;
  std::string_view key;
  std::string_view value;
  while (reader.Varint(&shared) && reader.Varint(&key_bytes) && reader.Varint(&value_bytes) &&
         shared == 0 && reader.Raw(key_bytes, &key) && reader.Raw(value_bytes, &value)) {
    if (key != "rocksdb.properties") continue;
    ByteReader handle(value);
    return TakeHandle(handle);
  }
  return std::nullopt;
}

}  // namespace

Result<void> CheckTable(const File& table) {
  STRATA_TRY_ASSIGN(const std::int64_t size, table.Size());
  const auto table_bytes = static_cast<std::uint64_t>(size);
  STRATA_TRY_ASSIGN(const auto meta_index_handle, FindMetaIndex(table, table_bytes));
  if (!meta_index_handle) return Ok();
  STRATA_TRY_ASSIGN(const auto meta_index, ReadBlock(table, table_bytes, *meta_index_handle));
  if (!meta_index) return Ok();
  const auto properties_handle = FindProperties(*meta_index);
  if (!properties_handle) return Ok();
  STRATA_TRY_ASSIGN(const auto properties, ReadBlock(table, table_bytes, *properties_handle));
  if (properties) return Ok();
  return Fail(ErrorCode::CORRUPT_LOG, "the properties of the table have a wrong checksum");
}

}  // namespace strata::storage
