// Judges writes and reads of one value that is replaced as a whole: a cursor, or a metadata key.
//
// A write whose outcome is unknown may take effect at any time until the next restart. A read may
// see a write unless a later one was acked in between; once it was seen it counts as acked. Reads
// are expected when no write is under way. Times are positions in the history.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "tests/fault/history/history.h"

namespace strata::testing {

template <class Value>
class RegisterCheck {
 public:
  void Invoked(CallId call, Value value, std::size_t at) {
    writes_.push_back({call, std::move(value), at, std::nullopt, false});
  }

  void Returned(CallId call, Outcome outcome, std::size_t at) {
    const auto write = std::find_if(writes_.begin(), writes_.end(),
                                    [&](const Write& each) { return each.call == call; });
    if (write == writes_.end() || outcome == Outcome::kUnknown) return;
    if (outcome == Outcome::kFailed) {
      writes_.erase(write);
    } else {
      Settle(*write, at);
    }
  }

  void Restarted(std::size_t at) {
    for (Write& write : writes_) {
      if (!write.done) write.done = at;
    }
  }

  // Whether a read at this time may see this; nothing stands for no value.
  bool MayRead(const std::optional<Value>& value, std::size_t at) {
    if (!value) {
      return std::none_of(writes_.begin(), writes_.end(),
                          [](const Write& write) { return write.acked; });
    }
    for (Write& write : writes_) {
      if (write.value != *value || Overwritten(write)) continue;
      Settle(write, at);
      return true;
    }
    return false;
  }

 private:
  struct Write {
    CallId call = 0;
    Value value;
    std::size_t invoked = 0;
    std::optional<std::size_t> done;  // it takes no effect after this
    bool acked = false;
  };

  static void Settle(Write& write, std::size_t at) {
    write.acked = true;
    write.done = std::min(write.done.value_or(at), at);
  }

  bool Overwritten(const Write& write) const {
    return write.done && std::any_of(writes_.begin(), writes_.end(), [&](const Write& other) {
             return other.acked && other.invoked > *write.done;
           });
  }

  std::vector<Write> writes_;
};

}  // namespace strata::testing
