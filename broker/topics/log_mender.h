// Opens logs again that the disk has failed, or that could not be opened at the start, so that a
// disk that has healed needs no restart: after a few seconds, and as long as one stays bad, at
// intervals that double.
//
// Threads: works on the executor's threads. Start and Stop may be called from any.
#pragma once

#include <chrono>
#include <memory>

#include "broker/threads/executor.h"
#include "broker/threads/timers.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/mutex.h"

namespace strata::broker {

class LogMender : public std::enable_shared_from_this<LogMender> {
 public:
  struct Environment {
    TopicRegistry& topics;
    Executor& executor;
    Timers& timers;
  };
  struct Pace {
    std::chrono::milliseconds first{5'000};
    std::chrono::milliseconds longest{60'000};
  };

  // What is in `environment` outlives the work, so: Stop this, then the executor, and let nothing
  // go before.
  static std::shared_ptr<LogMender> Start(const Environment& environment, const Pace& pace);

  // Gives the executor nothing more to do.
  void Stop() STRATA_EXCLUDES(mutex_);

 private:
  LogMender(const Environment& environment, const Pace& pace);

  void Schedule(std::chrono::milliseconds delay);
  void PostMending(std::chrono::milliseconds delay) STRATA_EXCLUDES(mutex_);
  void Mend(std::chrono::milliseconds delay);

  const Environment environment_;
  const Pace pace_;

  Mutex mutex_;
  bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::broker
