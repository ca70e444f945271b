// Judges writes and reads of a number that only grows: a write of less than is there succeeds and
// changes nothing.
//
// A read sees a number that somebody may have written, not below any that was acked or read before.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "tests/fault/history/history.h"

namespace strata::testing {

class ForwardCheck {
 public:
  void Invoked(CallId call, Offset value) {
    calls_[call] = value;
    ++writes_[value];
  }

  void Returned(CallId call, Outcome outcome) {
    const auto found = calls_.find(call);
    if (found == calls_.end()) return;
    const Offset value = found->second;
    if (outcome == Outcome::kOk) least_ = std::max(least_, value);
    if (outcome == Outcome::kFailed) --writes_[value];
    calls_.erase(found);
  }

  // Whether somebody may have written this.
  bool MayHaveWritten(Offset value) const {
    const auto written = writes_.find(value);
    return written != writes_.end() && written->second > 0;
  }

  // The highest one, up to `value`, that somebody may have written; 0, the beginning, if none.
  Offset WrittenUpTo(Offset value) const {
    for (auto written = writes_.upper_bound(value); written != writes_.begin();) {
      if ((--written)->second > 0) return written->first;
    }
    return 0;
  }

  // Whether a read may see this; nothing stands for no value.
  bool MayRead(const std::optional<Offset>& value) {
    if (!value) return least_ == kNoOffset;
    if (*value < least_ || !MayHaveWritten(*value)) return false;
    least_ = *value;
    return true;
  }

 private:
  std::unordered_map<CallId, Offset> calls_;  // under way
  std::map<Offset, int> writes_;              // how many may have had an effect
  Offset least_ = kNoOffset;
};

}  // namespace strata::testing
