#include "proto/batch/record_codec.h"

#include <cstring>

#include "proto/base/utf8.h"
#include "proto/base/varint.h"

namespace strata::record_codec {
namespace {

constexpr std::int32_t kNullLength = -1;
constexpr std::size_t kAttributesBytes = 1;

// Takes fields from the front, until one is not there; it is of no use behind that. By position: so
// what is left stays in registers.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  std::string_view left() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  bool empty() const { return at_ == end_; }

  char TakeByte() { return *at_++; }  // not from empty ones

  bool TakeBytes(std::int64_t count, std::string_view* taken) {
    if (count < 0 || count > end_ - at_) return false;
    *taken = {at_, static_cast<std::size_t>(count)};
    at_ += count;
    return true;
  }

  bool TakeZigZag64(std::int64_t* value) {
    std::uint64_t raw = 0;
    at_ = ReadVarint64(at_, end_, &raw);
    *value = UnZigZag(raw);
    return at_ != nullptr;
  }

  bool TakeZigZag32(std::int32_t* value) {
    std::uint32_t raw = 0;
    at_ = ReadVarint32(at_, end_, &raw);
    *value = static_cast<std::int32_t>(UnZigZag(raw));
    return at_ != nullptr;
  }

  // A length and as many bytes; the length -1 stands for null.
  bool TakeNullable(std::optional<std::string_view>* taken) {
    std::int32_t length = 0;
    if (!TakeZigZag32(&length)) return false;
    if (length == kNullLength) {
      taken->reset();
      return true;
    }
    return TakeBytes(length, &taken->emplace());
  }

 private:
  const char* at_;
  const char* end_;
};

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
  Fields fields(bytes);
  std::int32_t length = 0;
  std::string_view content;
  if (!fields.TakeZigZag32(&length)) return "has a broken length";
  if (!fields.TakeBytes(length, &content)) return "has a length that does not fit the batch";
  bytes = fields.left();

  Fields body(content);
  if (body.empty()) return "is empty";
  if (body.TakeByte() != 0) return "has unknown attributes";
  if (!body.TakeZigZag64(&record->timestamp_delta_ms)) return "has a broken timestamp delta";
  if (!body.TakeZigZag32(&record->offset_delta)) return "has a broken offset delta";
  if (!body.TakeNullable(&record->key)) return "has a key that does not fit it";
  if (!body.TakeNullable(&record->value)) return "has a value that does not fit it";
  if (!body.TakeZigZag32(&record->header_count)) return "has a broken header count";
  if (record->header_count < 0) return "has a negative header count";
  record->headers = body.left();
  return nullptr;
}

std::optional<std::size_t> EncodedBytes(std::string_view front) {
  Fields fields(front);
  std::int32_t length = 0;
  if (!fields.TakeZigZag32(&length) || length < 0) return std::nullopt;
  return front.size() - fields.left().size() + static_cast<std::size_t>(length);
}

Fault TakeHeader(std::string_view& bytes, HeaderView* header) {
  Fields fields(bytes);
  std::int32_t name_length = 0;
  if (!fields.TakeZigZag32(&name_length)) return "has fewer headers than it counts";
  if (!fields.TakeBytes(name_length, &header->name))
    return "has a header name that does not fit it";
  if (!IsUtf8(header->name)) return "has a header name that is not UTF-8";
  if (!fields.TakeNullable(&header->value)) return "has a header value that does not fit it";
  bytes = fields.left();
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
