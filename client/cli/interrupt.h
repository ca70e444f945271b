// Turns SIGINT and SIGTERM into a request to finish. A second one ends the process at once.
//
// Make it before any other thread is started: the signals are blocked in all threads and taken by
// one of its own.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "proto/base/mutex.h"

namespace strata::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const { return requested_; }

  // `wake_up` is called on the thread of its own when the first signal comes; at once if it has
  // come already. An empty one takes it back: it is not running any more afterwards.
  void SetWakeUp(std::function<void()> wake_up);

 private:
  void Run();

  std::atomic<bool> requested_ = false;
  std::atomic<bool> finished_ = false;

  Mutex mutex_;
  std::function<void()> wake_up_ STRATA_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace strata::cli
