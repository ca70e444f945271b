// Payloads whose bytes follow from their number, so that whoever reads one knows who it is and
// whether it is whole.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "tests/fault/history/history.h"

namespace strata::testing {

// The number, and behind it bytes that follow from the number: up to some hundred, `most` at most.
inline std::string PayloadOf(PayloadId id, std::size_t most = 400) {
  std::string bytes = std::to_string(id) + ":";
  std::uint64_t state = id * 0x9e3779b97f4a7c15ULL + 1;
  const std::size_t size = bytes.size() + (state >> 33) % most;
  while (bytes.size() < size) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes.push_back(static_cast<char>(state >> 56));
  }
  return bytes;
}

// kForeignPayload if these are not exactly the bytes of a payload.
inline PayloadId PayloadIn(std::string_view bytes, std::size_t most = 400) {
  PayloadId id = kForeignPayload;
  const auto parsed = std::from_chars(bytes.data(), bytes.data() + bytes.size(), id);
  if (parsed.ec != std::errc() || PayloadOf(id, most) != bytes) return kForeignPayload;
  return id;
}

// The key under which a payload is sent where keys matter. A few are used again and again, more of
// them now and then, and some only once, so that what is to stay lies between what may go.
inline constexpr std::uint64_t kBusyKeys = 6;
inline constexpr std::uint64_t kSharedKeys = kBusyKeys + 30;
inline std::uint64_t KeyOf(PayloadId id) {
  const std::uint64_t mixed = (id * 0x9e3779b97f4a7c15ULL) >> 40;
  if (mixed % 8 == 0) return kSharedKeys + id;
  return mixed / 16 % (mixed % 2 == 0 ? kBusyKeys : kSharedKeys);
}

// Whether it is sent there as a tombstone, which deletes what was sent under its key before.
inline bool IsTombstone(PayloadId id) {
  return KeyOf(id) < kSharedKeys && id % 5 == 0;
}

}  // namespace strata::testing
