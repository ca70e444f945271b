// Keeps a log short when something happens thousands of times in a second: lets so many lines
// through in each second and counts the others. Pure. Use it from one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace strata::broker {

class LineLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit LineLimit(std::int64_t per_second) : per_second_(per_second) {}

  // Nothing: the line is kept back. Otherwise how many were, since the one before.
  std::optional<std::int64_t> Take(Clock::time_point now) {
    if (now - second_began_ >= std::chrono::seconds(1)) {
      second_began_ = now;
      taken_ = 0;
    }
    if (taken_ == per_second_) {
      ++kept_back_;
      return std::nullopt;
    }
    ++taken_;
    return std::exchange(kept_back_, 0);
  }

  // Lines that were let through could not be written.
  void KeepBack(std::int64_t lines) { kept_back_ += lines; }

 private:
  const std::int64_t per_second_;
  Clock::time_point second_began_{};
  std::int64_t taken_ = 0;  // in this second
  std::int64_t kept_back_ = 0;
};

}  // namespace strata::broker
