// A CursorStore that puts all changes into one queue, which one thread writes to a CursorTable:
// the whole queue at a time, with one flush, while the next queue gathers. There is no linger for
// those who wait for the disk; changes for which nobody does ride along with the next flush, or
// are written without one after at most kLazyDelay.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/cursor_store.h"
#include "storage/cursors/cursor_table.h"

namespace strata::storage {

class QueuedCursorStore : public CursorStore {
 public:
  static constexpr std::chrono::milliseconds kLazyDelay{50};
  // As many calls as this do not wait for kLazyDelay either.
  static constexpr std::size_t kMostLazyCalls = 4096;

  explicit QueuedCursorStore(std::unique_ptr<CursorTable> table);
  ~QueuedCursorStore() override;

  Result<std::vector<std::string>> ListGroups() override;
  Result<void> CreateGroup(std::string_view group) override;
  Result<std::optional<std::vector<CursorEntry>>> Load(std::string_view group) override;
  void Write(std::vector<CursorWrite> writes, bool durable,
             std::function<void(Result<void>)> done) override;
  Result<void> DeleteGroup(std::string_view group) override;
  Result<void> DeleteTopic(TopicId topic) override;
  Result<void> Close() override STRATA_EXCLUDES(close_mutex_);

 private:
  using Clock = std::chrono::steady_clock;
  using Callback = std::function<void(Result<void>)>;

  // Calls that are written together; changes and callbacks correspond.
  struct Batch {
    std::vector<CursorChange> changes;
    std::vector<Callback> callbacks;
    bool sync = false;      // somebody waits for the disk
    bool hurry = false;     // somebody waits for the writing
    Clock::time_point due;  // of the first change
  };

  // Returns false, and takes nothing, once the store is closing.
  bool Enqueue(CursorChange& change, bool durable, Callback& done) STRATA_EXCLUDES(mutex_);
  Result<void> Execute(CursorChange change);
  void WaitUntilApplied() STRATA_EXCLUDES(mutex_);

  void WriteQueue() STRATA_EXCLUDES(mutex_);
  void WaitForWork() STRATA_REQUIRES(mutex_);
  // What was queued before a failure was told to everybody may build on what has failed.
  void RefuseQueue(const Result<void>& outcome) STRATA_EXCLUDES(mutex_);
  void CountApplied(const Batch& batch) STRATA_EXCLUDES(mutex_);
  static void Complete(Batch& batch, const Result<void>& outcome);

  const std::unique_ptr<CursorTable> table_;

  Mutex mutex_;
  CondVar work_;     // for the writer: the queue has grown or become urgent, or the store closes
  CondVar applied_;  // for readers: applied_calls_ has grown
  Batch queue_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t queued_calls_ STRATA_GUARDED_BY(mutex_) = 0;
  std::uint64_t applied_calls_ STRATA_GUARDED_BY(mutex_) = 0;
  bool closing_ STRATA_GUARDED_BY(mutex_) = false;

  Mutex close_mutex_;  // taken before mutex_
  Result<void> closed_with_ STRATA_GUARDED_BY(close_mutex_);

  std::thread writer_;  // last: starts when everything else is there; joined under close_mutex_
};

}  // namespace strata::storage
