// Waits on one thread for a result that another gives by way of a callback.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "proto/base/error.h"

namespace strata {

// Threads: Callback and Wait belong to the thread that waits; what Callback returns may be called
// from any thread, and may still be running when Wait has returned and this object is gone.
template <class T>
class Awaited {
 public:
  // To be called exactly once.
  std::function<void(Result<T>)> Callback() const {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }

  // Blocks until the callback is called. Once at most.
  Result<T> Wait() const { return promise_->get_future().get(); }

 private:
  // Shared: the other thread may still be inside set_value when Wait returns.
  const std::shared_ptr<std::promise<Result<T>>> promise_ =
      std::make_shared<std::promise<Result<T>>>();
};

}  // namespace strata
