// Who waits for a log to grow. A plain container: the owner guards it and calls what it hands out.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "proto/base/types.h"

namespace strata::storage {

class Waiters {
 public:
  using Callback = std::function<void()>;

  // Remembers to call `ready` when the end is beyond `offset`. Returns a ticket > 0.
  std::uint64_t Add(Offset offset, Callback ready);

  // Takes out a ticket's callback; an empty one if it is not there any more.
  Callback Cancel(std::uint64_t ticket);

  // Takes out everyone who waits for an end up to `end`, in the order they came.
  std::vector<Callback> TakeReady(Offset end);

  std::vector<Callback> TakeAll();

 private:
  struct Waiter {
    std::uint64_t ticket;
    Offset offset;
    Callback ready;
  };

  std::vector<Waiter> waiters_;  // by ticket
  std::uint64_t last_ticket_ = 0;
};

}  // namespace strata::storage
