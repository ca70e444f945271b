// Big-endian integers in unaligned memory.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace strata {

static_assert(std::endian::native == std::endian::little, "write the swap for this machine");

// Reads sizeof(Int) bytes at `from`.
template <class Int>
Int LoadBigEndian(const char* from) {
  std::make_unsigned_t<Int> raw;
  std::memcpy(&raw, from, sizeof(raw));
  if constexpr (sizeof(Int) == 2) raw = __builtin_bswap16(raw);
  if constexpr (sizeof(Int) == 4) raw = __builtin_bswap32(raw);
  if constexpr (sizeof(Int) == 8) raw = __builtin_bswap64(raw);
  return static_cast<Int>(raw);
}

// Writes sizeof(Int) bytes at `to`.
template <class Int>
void StoreBigEndian(char* to, Int value) {
  auto raw = static_cast<std::make_unsigned_t<Int>>(value);
  if constexpr (sizeof(Int) == 2) raw = __builtin_bswap16(raw);
  if constexpr (sizeof(Int) == 4) raw = __builtin_bswap32(raw);
  if constexpr (sizeof(Int) == 8) raw = __builtin_bswap64(raw);
  std::memcpy(to, &raw, sizeof(raw));
}

}  // namespace strata
