// A line on standard error that tells how far long work has come; nothing unless that is a
// terminal. Use it from one thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace strata::cli {

class Progress {
 public:
  Progress();

  // Call it often: it draws a few times a second at most. `bytes` of payload.
  void Show(std::uint64_t records, std::uint64_t bytes);

  // Draws once more, and ends the line.
  void Finish(std::uint64_t records, std::uint64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;
  void Draw(std::uint64_t records, std::uint64_t bytes, Clock::time_point now);

  const bool is_terminal_;
  const Clock::time_point begun_;
  Clock::time_point next_;
};

}  // namespace strata::cli
