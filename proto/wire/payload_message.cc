#include "proto/wire/payload_message.h"

#include <optional>
#include <utility>

#include "proto/base/varint.h"

namespace strata {
namespace {

enum WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kGroupStart = 3,
  kGroupEnd = 4,
  kFixed32 = 5,
};

struct Tag {
  std::uint32_t field;
  std::uint32_t type;
};

// As deep as protobuf itself follows.
constexpr int kMaxGroupDepth = 100;

bool TakeTag(std::string_view& bytes, Tag* tag) {
  std::uint32_t raw = 0;
  if (!ReadVarint32(bytes, &raw)) return false;
  *tag = {raw >> 3, raw & 7};
  return tag->field != 0;
}

bool SkipBytes(std::string_view& bytes, std::size_t count) {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(count);
  return true;
}

// Like protobuf, lets the bits of a tenth byte that go beyond 64 pass.
bool SkipVarint(std::string_view& bytes) {
  for (std::size_t i = 0; i < bytes.size() && i < kMaxVarint64Bytes; ++i) {
    if (static_cast<std::uint8_t>(bytes[i]) < 0x80) return SkipBytes(bytes, i + 1);
  }
  return false;
}

bool TakeLengthDelimited(std::string_view& bytes, std::string_view* content) {
  std::uint32_t length = 0;
  if (!ReadVarint32(bytes, &length)) return false;
  *content = bytes.substr(0, length);
  return SkipBytes(bytes, length);
}

bool SkipGroup(std::string_view& bytes, std::uint32_t field, int depth);

// Skips the value behind `tag`. The end of a group is no value.
bool SkipValue(std::string_view& bytes, Tag tag, int depth) {
  std::string_view ignored;
  switch (tag.type) {
    case kVarint:
      return SkipVarint(bytes);
    case kFixed64:
      return SkipBytes(bytes, 8);
    case kLengthDelimited:
      return TakeLengthDelimited(bytes, &ignored);
    case kGroupStart:
      return depth < kMaxGroupDepth && SkipGroup(bytes, tag.field, depth + 1);
    case kFixed32:
      return SkipBytes(bytes, 4);
    default:
      return false;
  }
}

bool SkipGroup(std::string_view& bytes, std::uint32_t field, int depth) {
  Tag tag{};
  while (TakeTag(bytes, &tag)) {
    if (tag.type == kGroupEnd) return tag.field == field;
    if (!SkipValue(bytes, tag, depth)) return false;
  }
  return false;
}

tl::unexpected<Error> Malformed(std::string_view message, std::string_view rest) {
  return Fail(ErrorCode::MALFORMED_REQUEST, "the message is not protobuf beyond byte " +
                                                std::to_string(message.size() - rest.size()));
}

// Where the payload lies in a message of which only the front was looked at.
struct TrailingPayload {
  std::size_t rest_bytes = 0;  // the fields in front of it
  std::size_t rest_fields = 0;
  std::size_t position = 0;  // of its first byte
};

// Nothing unless the payload begins in `front` and is the end of the message.
std::optional<TrailingPayload> FindTrailingPayload(std::string_view front,
                                                   std::size_t message_bytes,
                                                   std::uint32_t payload_field) {
  TrailingPayload found;
  for (std::string_view unread = front; !unread.empty(); ++found.rest_fields) {
    found.rest_bytes = front.size() - unread.size();
    Tag tag{};
    if (!TakeTag(unread, &tag)) return std::nullopt;
    if (tag.field != payload_field) {
      if (!SkipValue(unread, tag, 0)) return std::nullopt;
      continue;
    }
    std::uint32_t length = 0;
    if (tag.type != kLengthDelimited || !ReadVarint32(unread, &length)) return std::nullopt;
    found.position = front.size() - unread.size();
    if (message_bytes - found.position != length) return std::nullopt;
    return found;
  }
  return std::nullopt;
}

}  // namespace

Result<SplitMessage> SplitPayload(std::string_view message, std::uint32_t payload_field) {
  SplitMessage split;
  std::string_view unread = message;
  std::string_view kept = message;  // from the first byte that is not in split.rest yet
  while (!unread.empty()) {
    const std::string_view at_field = unread;
    Tag tag{};
    if (!TakeTag(unread, &tag)) return Malformed(message, at_field);
    if (tag.field != payload_field) {
      if (!SkipValue(unread, tag, 0)) return Malformed(message, at_field);
      ++split.rest_fields;
      continue;
    }
    if (tag.type != kLengthDelimited || !TakeLengthDelimited(unread, &split.payload)) {
      return Malformed(message, at_field);
    }
    split.rest.append(kept.substr(0, kept.size() - at_field.size()));
    kept = unread;
  }
  split.rest.append(kept);
  return split;
}

Result<SplitFragments> SplitPayload(const Fragments& message, std::uint32_t payload_field) {
  const std::string_view front = message.empty() ? std::string_view() : message.front().view();
  if (const auto found = FindTrailingPayload(front, TotalBytes(message), payload_field)) {
    return SplitFragments{std::string(front.substr(0, found->rest_bytes)), found->rest_fields,
                          WithoutFirst(message, found->position)};
  }
  const SharedBytes joined = Joined(message);
  STRATA_TRY_ASSIGN(SplitMessage split, SplitPayload(joined.view(), payload_field));
  SplitFragments parts{std::move(split.rest), split.rest_fields, {}};
  if (!split.payload.empty()) parts.payload = {SharedBytes(joined.owner(), split.payload)};
  return parts;
}

std::string PayloadPrefix(std::uint32_t payload_field, std::size_t payload_bytes) {
  char prefix[kMaxVarint32Bytes + kMaxVarint64Bytes];
  char* end = WriteVarint(prefix, (std::uint64_t{payload_field} << 3) | kLengthDelimited);
  end = WriteVarint(end, payload_bytes);
  return std::string(prefix, end);
}

}  // namespace strata
