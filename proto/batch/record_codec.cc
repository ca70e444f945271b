#include "proto/batch/record_codec.h"

#include <cstring>

#include "proto/base/utf8.h"
#include "proto/base/varint.h"

namespace strata::record_codec {
namespace {

constexpr std::int32_t kNullLength = -1;
constexpr std::size_t kAttributesBytes = 1;

bool TakeBytes(std::string_view& bytes, std::int32_t count, std::string_view* taken) {
  if (count < 0 || static_cast<std::size_t>(count) > bytes.size()) return false;
  *taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return true;
}

// A length and as many bytes; the length -1 stands for null.
bool TakeNullable(std::string_view& bytes, std::optional<std::string_view>* taken) {
  std::int32_t length = 0;
  if (!ReadZigZag32(bytes, &length)) return false;
  if (length == kNullLength) {
    taken->reset();
    return true;
  }
  std::string_view present;
  if (!TakeBytes(bytes, length, &present)) return false;
  *taken = present;
  return true;
}

std::size_t ZigZagBytes(std::int64_t value) {
  return VarintBytes(ZigZag(value));
}

std::size_t SizedBytes(std::string_view bytes) {
  return ZigZagBytes(static_cast<std::int64_t>(bytes.size())) + bytes.size();
}

std::size_t NullableBytes(const std::optional<std::string_view>& bytes) {
  return bytes ? SizedBytes(*bytes) : ZigZagBytes(kNullLength);
}

char* WriteZigZag(char* to, std::int64_t value) {
  return WriteVarint(to, ZigZag(value));
}

char* WriteSized(char* to, std::string_view bytes) {
  to = WriteZigZag(to, static_cast<std::int64_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

char* WriteNullable(char* to, const std::optional<std::string_view>& bytes) {
  return bytes ? WriteSized(to, *bytes) : WriteZigZag(to, kNullLength);
}

}  // namespace

Fault TakeRecord(std::string_view& bytes, EncodedRecord* record) {
  std::int32_t length = 0;
  std::string_view body;
  if (!ReadZigZag32(bytes, &length)) return "has a broken length";
  if (!TakeBytes(bytes, length, &body)) return "has a length that does not fit the batch";

  if (body.empty()) return "is empty";
  if (body[0] != 0) return "has unknown attributes";
  body.remove_prefix(kAttributesBytes);
  if (!ReadZigZag64(body, &record->timestamp_delta_ms)) return "has a broken timestamp delta";
  if (!ReadZigZag32(body, &record->offset_delta)) return "has a broken offset delta";
  if (!TakeNullable(body, &record->key)) return "has a key that does not fit it";
  if (!TakeNullable(body, &record->value)) return "has a value that does not fit it";
  if (!ReadZigZag32(body, &record->header_count)) return "has a broken header count";
  if (record->header_count < 0) return "has a negative header count";
  record->headers = body;
  return nullptr;
}

Fault TakeHeader(std::string_view& bytes, HeaderView* header) {
  std::int32_t name_length = 0;
  if (!ReadZigZag32(bytes, &name_length)) return "has fewer headers than it counts";
  if (!TakeBytes(bytes, name_length, &header->name))
    return "has a header name that does not fit it";
  if (!IsUtf8(header->name)) return "has a header name that is not UTF-8";
  if (!TakeNullable(bytes, &header->value)) return "has a header value that does not fit it";
  return nullptr;
}

std::size_t BodyBytes(const RecordView& record, std::int64_t timestamp_delta_ms,
                      std::int32_t offset_delta) {
  std::size_t bytes = kAttributesBytes + ZigZagBytes(timestamp_delta_ms) +
                      ZigZagBytes(offset_delta) + NullableBytes(record.key) +
                      NullableBytes(record.value) +
                      ZigZagBytes(static_cast<std::int64_t>(record.headers.size()));
  for (const HeaderView& header : record.headers) {
    bytes += SizedBytes(header.name) + NullableBytes(header.value);
  }
  return bytes;
}

std::size_t TotalBytes(std::size_t body_bytes) {
  return ZigZagBytes(static_cast<std::int64_t>(body_bytes)) + body_bytes;
}

void WriteRecord(const RecordView& record, std::int64_t timestamp_delta_ms,
                 std::int32_t offset_delta, std::size_t body_bytes, char* to) {
  to = WriteZigZag(to, static_cast<std::int64_t>(body_bytes));
  *to++ = 0;  // attributes: none are defined
  to = WriteZigZag(to, timestamp_delta_ms);
  to = WriteZigZag(to, offset_delta);
  to = WriteNullable(to, record.key);
  to = WriteNullable(to, record.value);
  to = WriteZigZag(to, static_cast<std::int64_t>(record.headers.size()));
  for (const HeaderView& header : record.headers) {
    to = WriteSized(to, header.name);
    to = WriteNullable(to, header.value);
  }
}

}  // namespace strata::record_codec
