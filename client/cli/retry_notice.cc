#include "client/cli/retry_notice.h"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace strata::cli {
namespace {

// What passes sooner needs no words.
constexpr std::chrono::seconds kTellAfter{3};

}  // namespace

void RetryNotice::Refused(const Error& why) {
  if (why.code == ErrorCode::UNAVAILABLE) return;
  const auto now = Clock::now();
  MutexLock lock(mutex_);
  if (!since_) since_ = now;
  if (told_ || now - *since_ < kTellAfter) return;
  told_ = true;
  fmt::print(stderr, "strata: the broker refuses {}; trying again: {} ({})\n", what_, why.message,
             ErrorName(why.code));
}

void RetryNotice::Accepted() {
  MutexLock lock(mutex_);
  since_.reset();
  if (!std::exchange(told_, false)) return;
  fmt::print(stderr, "strata: the broker takes {} again\n", what_);
}

}  // namespace strata::cli
