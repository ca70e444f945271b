// The streams that are open, so that a stop can end them all.
//
// Threads: every method may be called from any thread.
#pragma once

#include <unordered_set>

#include "proto/base/mutex.h"

namespace strata::broker {

class LiveStream {
 public:
  virtual ~LiveStream() = default;

  // Ends the stream with SHUTTING_DOWN as soon as what is under way has been answered. Must not
  // wait, and must not remove the stream from its LiveStreams before it returns.
  virtual void Stop() = 0;
};

class LiveStreams {
 public:
  // A stream that comes after StopAll is stopped at once.
  void Add(LiveStream* stream) {
    MutexLock lock(mutex_);
    streams_.insert(stream);
    if (stopped_) stream->Stop();
  }

  // When this returns, Stop is not called any more.
  void Remove(LiveStream* stream) {
    MutexLock lock(mutex_);
    streams_.erase(stream);
  }

  void StopAll() {
    MutexLock lock(mutex_);
    stopped_ = true;
    for (LiveStream* stream : streams_) stream->Stop();
  }

 private:
  Mutex mutex_;
  std::unordered_set<LiveStream*> streams_ STRATA_GUARDED_BY(mutex_);
  bool stopped_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::broker
