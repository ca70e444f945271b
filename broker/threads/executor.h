// A fixed number of threads for work that may wait for a disk, which gRPC's threads must not.
//
// Threads: Post and Stop may be called from any thread, but Stop not from a task.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "proto/base/mutex.h"

namespace strata::broker {

class Executor {
 public:
  // Starts `threads` threads that are called `name` (up to 15 characters). At most `max_queued`
  // tasks wait.
  Executor(const std::string& name, int threads, std::size_t max_queued = 10'000);
  ~Executor();  // stops
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs `task` soon on one of the threads; with one thread, in the order of the calls. A task must
  // not throw. Returns false, and does not take the task, if too many wait or after Stop.
  [[nodiscard]] bool Post(std::function<void()> task);

  // Takes no more tasks, finishes those that wait, and ends the threads. Idempotent.
  void Stop();

 private:
  void Run();

  const std::size_t max_queued_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> tasks_ STRATA_GUARDED_BY(mutex_);
  bool stopping_ STRATA_GUARDED_BY(mutex_) = false;

  // Joined by whoever stops.
  Mutex join_mutex_;
  std::vector<std::thread> threads_ STRATA_GUARDED_BY(join_mutex_);
};

}  // namespace strata::broker
