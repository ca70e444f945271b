#include "storage/metadata/metadata_codec.h"

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"

namespace strata::storage {

namespace {

constexpr char kKeyTag = 'k';
constexpr char kRevisionTag = 'r';
constexpr std::uint8_t kFormat = 1;

// The format byte and the number that begin every value.
std::optional<std::int64_t> ReadHead(ByteReader& reader) {
  std::uint8_t format = 0;
  std::uint64_t number = 0;
  if (!reader.Fixed(&format) || format != kFormat || !reader.Varint(&number)) return std::nullopt;
  const auto revision = static_cast<std::int64_t>(number);
  if (revision <= 0) return std::nullopt;
  return revision;
}

}  // namespace

std::string EncodeRevisionKey() {
  return std::string(1, kRevisionTag);
}

std::string EncodeRevision(std::int64_t revision) {
  return EncodeMetadataValue(revision, "");
}

std::optional<std::int64_t> DecodeRevision(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto revision = ReadHead(reader);
  return reader.done() ? revision : std::nullopt;
}

std::string EncodeMetadataKey(std::string_view key) {
  return std::string(1, kKeyTag).append(key);
}

std::string_view DecodeMetadataKey(std::string_view encoded) {
  return encoded.substr(1);
}

std::string EncodeMetadataValue(std::int64_t version, std::string_view value) {
  ByteWriter writer;
  writer.Fixed(kFormat);
  writer.Varint(static_cast<std::uint64_t>(version));
  writer.Raw(value);
  return writer.Take();
}

std::optional<VersionedValue> DecodeMetadataValue(std::string_view key, std::string_view bytes) {
  ByteReader reader(bytes);
  const auto version = ReadHead(reader);
  if (!version) return std::nullopt;
  return VersionedValue{std::string(key), std::string(reader.rest()), *version};
}

}  // namespace strata::storage
