#include "proto/batch/crc32c.h"

#include <algorithm>

#include <isa-l/crc.h>

namespace strata {

std::uint32_t Crc32c(std::string_view bytes, std::uint32_t previous) {
  // ISA-L takes and returns the register itself: the inversions before and after are ours. Its
  // length is an int, and its pointer is not const although nothing is written.
  constexpr std::size_t kMaxPiece = 1 << 30;
  std::uint32_t state = ~previous;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, std::min(bytes.size(), kMaxPiece));
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data()));
    state = crc32_iscsi(data, static_cast<int>(piece.size()), state);
    bytes.remove_prefix(piece.size());
  }
  return ~state;
}

}  // namespace strata
