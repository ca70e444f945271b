// Integers of variable length: seven bits a byte, the lowest first, the top bit set on all bytes
// but the last (https://protobuf.dev/programming-guides/encoding/#varints). Protobuf uses them
// plain; the records of a batch use them after zig-zag, which keeps small negative numbers short.
//
// Readers return the position behind the varint, or nullptr if it is cut off, is longer than its
// type can need (5 or 10 bytes), or does not fit the type; `*value` means nothing then. For who
// reads one after the other: positions stay in registers, where a string_view behind a reference is
// stored each time. Padded forms within those lengths are read, as protobuf and Kafka read them.
// Pure functions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace strata {

inline constexpr std::size_t kMaxVarint32Bytes = 5;
inline constexpr std::size_t kMaxVarint64Bytes = 10;

constexpr std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t UnZigZag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// A seventh of its bits, rounded up: the same as by 9/64 up to 64 of them, which needs no division.
constexpr std::size_t VarintBytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) * 9 + 64) / 64;
}

// Writes VarintBytes(value) bytes to `to` and returns the position behind them.
inline char* WriteVarint(char* to, std::uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

// The part of ReadVarint64 for what is not one or two bytes long.
inline const char* ReadLongVarint64(const char* from, const char* end, std::uint64_t* value) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; from != end && i < kMaxVarint64Bytes; ++i) {
    const auto byte = static_cast<std::uint8_t>(*from++);
    if (i + 1 == kMaxVarint64Bytes && byte > 1) return nullptr;
    result |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = result;
      return from;
    }
  }
  return nullptr;
}

inline const char* ReadVarint64(const char* from, const char* end, std::uint64_t* value) {
  if (end - from >= 2) {  // nearly every varint in practice
    const auto first = static_cast<std::uint8_t>(from[0]);
    const auto second = static_cast<std::uint8_t>(from[1]);
    if (first < 0x80) {
      *value = first;
      return from + 1;
    }
    if (second < 0x80) {
      *value = (first & 0x7fu) | (static_cast<std::uint32_t>(second) << 7);
      return from + 2;
    }
  }
  std::uint64_t longer = 0;  // of its own, so that the caller's value can stay in a register
  from = ReadLongVarint64(from, end, &longer);
  *value = longer;
  return from;
}

inline const char* ReadVarint32(const char* from, const char* end, std::uint32_t* value) {
  std::uint64_t wide = 0;
  const char* const behind = ReadVarint64(from, end, &wide);
  *value = static_cast<std::uint32_t>(wide);
  const bool fits = behind != nullptr && wide <= std::numeric_limits<std::uint32_t>::max() &&
                    behind - from <= static_cast<std::ptrdiff_t>(kMaxVarint32Bytes);
  return fits ? behind : nullptr;
}

// These take from the front of `bytes`, which stay as they are if there is no such varint.
inline bool TakeUpTo(const char* behind, std::string_view& bytes) {
  if (behind == nullptr) return false;
  bytes.remove_prefix(static_cast<std::size_t>(behind - bytes.data()));
  return true;
}

inline bool ReadVarint64(std::string_view& bytes, std::uint64_t* value) {
  return TakeUpTo(ReadVarint64(bytes.data(), bytes.data() + bytes.size(), value), bytes);
}

inline bool ReadVarint32(std::string_view& bytes, std::uint32_t* value) {
  return TakeUpTo(ReadVarint32(bytes.data(), bytes.data() + bytes.size(), value), bytes);
}

}  // namespace strata
