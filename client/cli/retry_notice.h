// Tells a person why nothing seems to happen, while a command tries again and again what the broker
// refuses: one line on standard error when that has gone on for a while, and one when it is over.
//
// Threads: any.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "proto/base/error.h"
#include "proto/base/mutex.h"

namespace strata::cli {

class RetryNotice {
 public:
  // `what` the broker refuses, as in "the broker refuses {the records}".
  explicit RetryNotice(std::string what) : what_(std::move(what)) {}

  // That the broker is away is told by others (BrokerWatch).
  void Refused(const Error& why) STRATA_EXCLUDES(mutex_);
  void Accepted() STRATA_EXCLUDES(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_;
  Mutex mutex_;
  std::optional<Clock::time_point> since_ STRATA_GUARDED_BY(mutex_);
  bool told_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::cli
