// Keys of records as 128 bits: SipHash-2-4 (https://www.aumasson.jp/siphash/) under a secret that
// is drawn anew by each hasher, so that nobody can find two keys that are taken for one. With n
// keys the chance that any two collide by accident is about n^2 / 2^129.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace strata::storage {

struct KeyHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const KeyHash&) const = default;
};

// One thread at a time.
class KeyHasher {
 public:
  KeyHasher();
  ~KeyHasher();

  KeyHash operator()(std::string_view key);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace strata::storage
