#include "proto/base/utf8.h"

#include <cstdint>

namespace strata {
namespace {

struct Sequence {
  std::size_t bytes;        // 0: no character begins like this
  std::uint8_t second_min;  // bounds of the second byte: they rule out overlong forms,
  std::uint8_t second_max;  // surrogates, and what lies above U+10FFFF
};

Sequence SequenceOf(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xc2) return {0, 0, 0};
  if (lead < 0xe0) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool IsUtf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    const Sequence sequence = SequenceOf(at(i));
    if (sequence.bytes == 0 || sequence.bytes > text.size() - i) return false;
    if (sequence.bytes > 1 && (at(i + 1) < sequence.second_min || at(i + 1) > sequence.second_max))
      return false;
    for (std::size_t k = 2; k < sequence.bytes; ++k) {
      if ((at(i + k) & 0xc0) != 0x80) return false;
    }
    i += sequence.bytes;
  }
  return true;
}

}  // namespace strata
