// What operators hear of members that come and go: a line in the broker's log for each, and
// counters. Of lines there are twenty in a second at most, and as many of those that tell of
// trouble; how many were kept back is said with the next one. The counters miss nothing.
//
// Threads: any. Nobody waits: a thread of its own writes, and what it does not get to is kept back,
// so that a log that takes nothing more stops neither a group nor its timers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "broker/groups/line_limit.h"
#include "broker/groups/roster.h"
#include "broker/metrics/metrics.h"
#include "broker/threads/executor.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"

namespace strata::broker {

class MemberJournal {
 public:
  using Write = std::function<void(const std::string& line, bool is_trouble)>;

  // `metrics` outlives it.
  explicit MemberJournal(Metrics& metrics);
  MemberJournal(Metrics& metrics, Write write);

  void Joined(const std::string& group, const MemberInfo& member) STRATA_EXCLUDES(mutex_);

  // How a member's stream has ended: by itself, with its connection, or for a reason of the broker.
  struct Departure {
    bool disconnected = false;
    std::optional<Error> error;
  };
  void Gone(const std::string& group, const MemberInfo& member, const Departure& why)
      STRATA_EXCLUDES(mutex_);

  // A static member has lost its place.
  void NotBack(const std::string& group, const MemberInfo& member, std::chrono::milliseconds within)
      STRATA_EXCLUDES(mutex_);
  // It was to release partitions, and has lost them.
  void NotReleased(const std::string& group, const MemberId& member, std::size_t partitions)
      STRATA_EXCLUDES(mutex_);

 private:
  void Tell(std::string line, bool is_trouble) STRATA_EXCLUDES(mutex_);

  Metrics& metrics_;
  const Write write_;

  Mutex mutex_;
  LineLimit news_ STRATA_GUARDED_BY(mutex_);
  LineLimit trouble_ STRATA_GUARDED_BY(mutex_);

  Executor writer_;  // stops first
};

}  // namespace strata::broker
