#include "client/lib/retry/backoff.h"

#include <algorithm>
#include <random>

namespace strata {

std::chrono::milliseconds BackoffLimit(std::chrono::milliseconds first,
                                       std::chrono::milliseconds max, int attempt) {
  auto limit = std::min(first, max);
  for (int i = 0; i < attempt && limit < max; ++i) limit = std::min(limit * 2, max);
  return limit;
}

bool IsRetriable(ErrorCode code) {
  switch (code) {
    case ErrorCode::UNAVAILABLE:
    case ErrorCode::TIMEOUT:
    case ErrorCode::OVERLOADED:
    case ErrorCode::DISK_FULL:
    case ErrorCode::SHUTTING_DOWN:
    case ErrorCode::NOT_OWNER:
      return true;
    default:
      return false;
  }
}

std::chrono::microseconds Backoff::Next() {
  const std::chrono::microseconds limit = BackoffLimit(first_, max_, attempt_);
  if (limit < max_) ++attempt_;
  std::uniform_int_distribution<std::int64_t> wait(0, limit.count());
  // Made for each wait: those are rare, and objects of this class are not.
  std::mt19937_64 random(seed_++);
  return std::chrono::microseconds(wait(random));
}

}  // namespace strata
