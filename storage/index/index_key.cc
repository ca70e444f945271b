#include "storage/index/index_key.h"

#include "storage/encoding/numbers.h"

namespace strata::storage {

std::string PartitionPrefix(PartitionId partition) {
  return PackNumbers(partition.topic, partition.partition);
}

namespace index_key {
namespace {

constexpr char kByOffset = 'o';
constexpr char kByTime = 't';
constexpr char kCoverage = 'c';

std::string Prefix(PartitionId partition, char kind) {
  return PartitionPrefix(partition) + kind;
}

std::string NumberedKey(PartitionId partition, char kind, Offset number) {
  return Prefix(partition, kind) + PackNumbers(number);
}

// The sign bit is flipped, so that negative times sort below the others.
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

std::uint64_t OrderedBits(std::int64_t value) {
  return static_cast<std::uint64_t>(value) ^ kSignBit;
}
std::int64_t FromOrderedBits(std::uint64_t bits) {
  return static_cast<std::int64_t>(bits ^ kSignBit);
}

// Cuts the prefix off, if the key has it.
bool TakePrefix(PartitionId partition, char kind, std::string_view* key) {
  const std::string prefix = Prefix(partition, kind);
  if (!key->starts_with(prefix)) return false;
  key->remove_prefix(prefix.size());
  return true;
}

// Most segments are never rewritten, and theirs is left out.
std::string PackGeneration(std::uint32_t generation) {
  return generation == 0 ? std::string() : PackNumbers(generation);
}

template <class... Ints>
bool UnpackWithGeneration(std::string_view value, std::uint32_t* generation, Ints*... numbers) {
  *generation = 0;
  return UnpackNumbers(value, numbers...) ||
         (UnpackNumbers(value, numbers..., generation) && *generation != 0);
}

}  // namespace

std::string ByOffset(PartitionId partition, Offset offset) {
  return NumberedKey(partition, kByOffset, offset);
}

std::string ByOffsetValue(const IndexEntry& entry) {
  return PackNumbers(entry.segment_base, entry.position, entry.max_timestamp_ms) +
         PackGeneration(entry.generation);
}

std::optional<IndexEntry> ParseByOffset(PartitionId partition, std::string_view key,
                                        std::string_view value) {
  IndexEntry entry;
  if (!TakePrefix(partition, kByOffset, &key) || !UnpackNumbers(key, &entry.offset) ||
      !UnpackWithGeneration(value, &entry.generation, &entry.segment_base, &entry.position,
                            &entry.max_timestamp_ms)) {
    return std::nullopt;
  }
  return entry;
}

std::string ByTime(PartitionId partition, Offset segment_base, TimestampMs max_timestamp_ms) {
  return NumberedKey(partition, kByTime, segment_base) + PackNumbers(OrderedBits(max_timestamp_ms));
}

std::string ByTimeValue(const IndexEntry& entry) {
  return PackNumbers(entry.offset, entry.position) + PackGeneration(entry.generation);
}

std::optional<IndexEntry> ParseByTime(PartitionId partition, std::string_view key,
                                      std::string_view value) {
  IndexEntry entry;
  std::uint64_t timestamp_bits = 0;
  if (!TakePrefix(partition, kByTime, &key) ||
      !UnpackNumbers(key, &entry.segment_base, &timestamp_bits) ||
      !UnpackWithGeneration(value, &entry.generation, &entry.offset, &entry.position)) {
    return std::nullopt;
  }
  entry.max_timestamp_ms = FromOrderedBits(timestamp_bits);
  return entry;
}

std::string CoveragePrefix(PartitionId partition) {
  return Prefix(partition, kCoverage);
}

std::string Coverage(PartitionId partition, Offset segment_base) {
  return NumberedKey(partition, kCoverage, segment_base);
}

std::string CoverageValue(const CoveredPart& covered) {
  return PackNumbers(covered.bytes) + PackGeneration(covered.generation);
}

std::optional<CoveredPart> ParseCoverage(std::string_view value) {
  CoveredPart covered;
  if (!UnpackWithGeneration(value, &covered.generation, &covered.bytes)) return std::nullopt;
  return covered;
}

std::string ByTimeFrom(PartitionId partition, Offset segment_base) {
  return NumberedKey(partition, kByTime, segment_base);
}

std::string ByTimeEnd(PartitionId partition) {
  return Prefix(partition, kByTime + 1);
}
std::string CoverageEnd(PartitionId partition) {
  return Prefix(partition, kCoverage + 1);
}
std::string ByOffsetEnd(PartitionId partition) {
  return Prefix(partition, kByOffset + 1);
}

}  // namespace index_key
}  // namespace strata::storage
