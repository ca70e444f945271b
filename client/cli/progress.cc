#include "client/cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace strata::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDraws{200};
constexpr double kMegabyte = 1e6;

}  // namespace

Progress::Progress()
    : is_terminal_(isatty(STDERR_FILENO) == 1), begun_(Clock::now()), next_(begun_) {}

void Progress::Show(std::uint64_t records, std::uint64_t bytes) {
  if (!is_terminal_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kBetweenDraws;
  Draw(records, bytes, now);
}

void Progress::Finish(std::uint64_t records, std::uint64_t bytes) {
  if (!is_terminal_) return;
  Draw(records, bytes, Clock::now());
  fmt::print(stderr, "\n");
}

void Progress::Draw(std::uint64_t records, std::uint64_t bytes, Clock::time_point now) {
  const double seconds = std::max(std::chrono::duration<double>(now - begun_).count(), 1e-3);
  fmt::print(stderr, "\r\033[K{} records, {:.1f} MB, {:.0f} records/s, {:.1f} MB/s", records,
             static_cast<double>(bytes) / kMegabyte, static_cast<double>(records) / seconds,
             static_cast<double>(bytes) / kMegabyte / seconds);
  std::fflush(stderr);
}

}  // namespace strata::cli
