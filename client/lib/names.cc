#include "client/lib/names.h"

#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace strata {
namespace {

struct Sequence {
  std::size_t bytes;       // 0: not a leading byte
  std::uint32_t smallest;  // code point that needs this many
  std::uint32_t bits;      // of the code point, from the leading byte
};

Sequence SequenceOf(unsigned char lead) {
  if (lead < 0x80) return {1, 0, lead};
  if (lead >> 5 == 0x06) return {2, 0x80, lead & 0x1Fu};
  if (lead >> 4 == 0x0E) return {3, 0x800, lead & 0x0Fu};
  if (lead >> 3 == 0x1E) return {4, 0x10000, lead & 0x07u};
  return {0, 0, 0};
}

bool IsScalarValue(std::uint32_t code_point) {
  return code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
}

Result<void> Check(std::string_view text, ErrorCode code, std::string_view what) {
  if (IsUtf8(text)) return Ok();
  return Fail(code, fmt::format("{} is not UTF-8", what));
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const Sequence sequence = SequenceOf(static_cast<unsigned char>(text.front()));
    if (sequence.bytes == 0 || sequence.bytes > text.size()) return false;
    std::uint32_t code_point = sequence.bits;
    for (std::size_t i = 1; i < sequence.bytes; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if (next >> 6 != 0x02) return false;
      code_point = code_point << 6 | (next & 0x3Fu);
    }
    if (code_point < sequence.smallest || !IsScalarValue(code_point)) return false;
    text.remove_prefix(sequence.bytes);
  }
  return true;
}

Result<void> CheckTopicName(std::string_view name) {
  return Check(name, ErrorCode::INVALID_TOPIC_NAME, "the name of the topic");
}

Result<void> CheckGroupName(std::string_view name) {
  return Check(name, ErrorCode::INVALID_GROUP_NAME, "the name of the group");
}

Result<void> CheckText(std::string_view text) {
  return Check(text, ErrorCode::INVALID_ARGUMENT, "a text of the request");
}

}  // namespace strata
