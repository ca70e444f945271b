// A CursorStore in memory, for tests of what stands above the cursors. Callbacks run on a thread of
// its own, in order.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/cursor_store.h"
#include "tests/support/callback_thread.h"

namespace strata::testing {

class FakeCursorStore : public storage::CursorStore {
 public:
  // Called before everything that writes; an error becomes its result. Set it before the store is
  // used.
  std::function<Result<void>()> fault = [] { return Ok(); };

  // Waits for the callbacks of all writes so far. Not from a callback.
  void DrainCallbacks() { callbacks_.Drain(); }

  Result<std::vector<std::string>> ListGroups() override {
    MutexLock lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, cursors] : groups_) names.push_back(name);
    return names;
  }

  Result<void> CreateGroup(std::string_view group) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    groups_[std::string(group)];
    return Ok();
  }

  Result<std::optional<std::vector<storage::CursorEntry>>> Load(std::string_view group) override {
    MutexLock lock(mutex_);
    const auto found = groups_.find(group);
    if (found == groups_.end()) return std::nullopt;
    std::vector<storage::CursorEntry> entries;
    for (const auto& [partition, cursor] : found->second) entries.push_back({partition, cursor});
    return entries;
  }

  void Write(std::vector<storage::CursorWrite> writes, bool /*durable*/,
             std::function<void(Result<void>)> done) override {
    MutexLock lock(mutex_);
    Result<void> result = fault();
    if (result && closed_) result = Fail(ErrorCode::SHUTTING_DOWN, "the store is closed");
    if (result && untold_refusals_ > 0) result = refusal_;
    if (result) Apply(writes);
    if (!result) refusal_ = result;
    if (!result) ++untold_refusals_;
    callbacks_.Post([this, done = std::move(done), result] {
      if (!result) CountTold();
      if (done) done(result);
    });
  }

  Result<void> DeleteGroup(std::string_view group) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    groups_.erase(std::string(group));
    return Ok();
  }

  Result<void> DeleteTopic(storage::TopicId topic) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    for (auto& [name, cursors] : groups_) {
      std::erase_if(cursors, [topic](const auto& entry) { return entry.first.topic == topic; });
    }
    return Ok();
  }

  Result<void> Close() override {
    MutexLock lock(mutex_);
    closed_ = true;
    return Ok();
  }

 private:
  void Apply(const std::vector<storage::CursorWrite>& writes) STRATA_REQUIRES(mutex_) {
    for (const storage::CursorWrite& write : writes) {
      auto& cursors = groups_[write.group];
      if (write.cursor) {
        cursors[write.partition] = *write.cursor;
      } else {
        cursors.erase(write.partition);
      }
    }
  }

  // From here on writes succeed again: whoever is told may write at once.
  void CountTold() STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    --untold_refusals_;
  }

  Mutex mutex_;
  std::map<std::string, std::map<storage::PartitionId, storage::Cursor>, std::less<>> groups_
      STRATA_GUARDED_BY(mutex_);
  bool closed_ STRATA_GUARDED_BY(mutex_) = false;
  Result<void> refusal_ STRATA_GUARDED_BY(mutex_);  // the latest
  int untold_refusals_ STRATA_GUARDED_BY(mutex_) = 0;
  CallbackThread callbacks_;  // last: its callbacks may use the rest until it has ended
};

}  // namespace strata::testing
