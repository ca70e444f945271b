// Where the streaming decompressors write: a string that grows as output comes, up to a limit.
//
// It grows by doubling from a small multiple of the input, so that memory follows what was really
// inflated and never what a frame claims about itself. While it doubles, the old and the new half
// exist together: at most one and a half times the limit.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

namespace strata::codecs {

class BoundedOutput {
 public:
  // `expected_bytes`: a guess at the size of the output, which need not be trusted.
  BoundedOutput(std::size_t input_bytes, std::size_t expected_bytes, std::size_t max_bytes)
      : capacity_limit_(max_bytes + 1) {
    const std::size_t most = std::max(kSmallBytes, kTrustedRatio * input_bytes);
    bytes_.resize(std::min({std::max(expected_bytes, 2 * input_bytes), most, capacity_limit_}));
  }

  // Room for more; empty only when the output has grown beyond the limit.
  char* free_space() { return bytes_.data() + used_; }
  std::size_t free_bytes() const { return bytes_.size() - used_; }

  // Notes that `count` bytes were written, and makes room again. False if the limit is exceeded.
  bool Advance(std::size_t count) {
    used_ += count;
    if (used_ == capacity_limit_) return false;
    if (used_ == bytes_.size()) bytes_.resize(std::min(2 * used_ + 1, capacity_limit_));
    return true;
  }

  std::string Take() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  static constexpr std::size_t kSmallBytes = 64 << 10;
  static constexpr std::size_t kTrustedRatio = 16;

  const std::size_t capacity_limit_;  // one more than may be used: reaching it tells the excess
  std::string bytes_;
  std::size_t used_ = 0;
};

}  // namespace strata::codecs
