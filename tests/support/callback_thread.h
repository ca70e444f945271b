// A thread that runs callbacks one after the other, as the threads of a store do; and that a test
// can wait for.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <utility>

#include "proto/base/mutex.h"

namespace strata::testing {

class CallbackThread {
 public:
  CallbackThread() : thread_([this] { Run(); }) {}

  // Runs what is queued, then ends.
  ~CallbackThread() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.NotifyAll();
    }
    thread_.join();
  }

  void Post(std::function<void()> callback) {
    MutexLock lock(mutex_);
    queue_.push_back(std::move(callback));
    ++posted_;
    changed_.NotifyAll();
  }

  // Returns when everything posted so far has run. Not from a callback.
  void Drain() {
    MutexLock lock(mutex_);
    const std::uint64_t target = posted_;
    while (finished_ < target) changed_.Wait(mutex_);
  }

 private:
  void Run() {
    MutexLock lock(mutex_);
    while (true) {
      while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
      if (queue_.empty()) return;
      std::function<void()> callback = std::move(queue_.front());
      queue_.pop_front();
      lock.Unlock();
      callback();
      callback = nullptr;
      lock.Lock();
      ++finished_;
      changed_.NotifyAll();
    }
  }

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t posted_ STRATA_GUARDED_BY(mutex_) = 0;
  std::uint64_t finished_ STRATA_GUARDED_BY(mutex_) = 0;
  bool stopping_ STRATA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace strata::testing
