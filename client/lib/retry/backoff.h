// How long to wait before trying again: exponential back-off with full jitter, a uniformly random
// time between nothing and a limit that doubles with each attempt
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
#pragma once

#include <chrono>
#include <cstdint>

#include "proto/base/error.h"

namespace strata {

// The limit for the `attempt`-th retry, from 0: first * 2^attempt, but at most `max`.
std::chrono::milliseconds BackoffLimit(std::chrono::milliseconds first,
                                       std::chrono::milliseconds max, int attempt);

// Whether an error may pass by itself, so that the same request is worth sending again:
// UNAVAILABLE, TIMEOUT, OVERLOADED, DISK_FULL, SHUTTING_DOWN, NOT_OWNER.
bool IsRetriable(ErrorCode code);

// Counts attempts and draws waits. Use it from one thread at a time.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max, std::uint64_t seed)
      : first_(first), max_(max), seed_(seed) {}

  // The wait before the next retry.
  std::chrono::microseconds Next();

  // It worked: the next wait is as short as the first.
  void Reset() { attempt_ = 0; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds max_;
  std::uint64_t seed_;
  int attempt_ = 0;
};

}  // namespace strata
