#include "storage/cursors/queued_cursor_store.h"

#include <utility>

#include "proto/base/awaited.h"

namespace strata::storage {

namespace {

Error ShuttingDown() {
  return {ErrorCode::SHUTTING_DOWN, "the cursor store is closed"};
}

}  // namespace

QueuedCursorStore::QueuedCursorStore(std::unique_ptr<CursorTable> table)
    : table_(std::move(table)), writer_([this] { WriteQueue(); }) {}

QueuedCursorStore::~QueuedCursorStore() {
  (void)Close();
}

Result<std::vector<std::string>> QueuedCursorStore::ListGroups() {
  WaitUntilApplied();
  return table_->ListGroups();
}

Result<std::optional<std::vector<CursorEntry>>> QueuedCursorStore::Load(std::string_view group) {
  WaitUntilApplied();
  return table_->Load(group);
}

Result<void> QueuedCursorStore::CreateGroup(std::string_view group) {
  return Execute(GroupCreation{std::string(group)});
}

Result<void> QueuedCursorStore::DeleteGroup(std::string_view group) {
  return Execute(GroupDeletion{std::string(group)});
}

Result<void> QueuedCursorStore::DeleteTopic(TopicId topic) {
  WaitUntilApplied();
  STRATA_TRY_ASSIGN(auto deletions, table_->FindTopic(topic));
  return Execute(std::move(deletions));
}

void QueuedCursorStore::Write(std::vector<CursorWrite> writes, bool durable, Callback done) {
  CursorChange change = std::move(writes);
  if (!Enqueue(change, durable, done) && done) done(Fail(ShuttingDown()));
}

Result<void> QueuedCursorStore::Close() {
  MutexLock close_lock(close_mutex_);
  if (!writer_.joinable()) return closed_with_;
  {
    MutexLock lock(mutex_);
    closing_ = true;
    work_.NotifyOne();
  }
  writer_.join();
  closed_with_ = table_->Sync();
  return closed_with_;
}

bool QueuedCursorStore::Enqueue(CursorChange& change, bool durable, Callback& done) {
  MutexLock lock(mutex_);
  if (closing_) return false;
  const bool first = queue_.changes.empty();
  if (first) queue_.due = Clock::now() + kLazyDelay;
  queue_.changes.push_back(std::move(change));
  queue_.callbacks.push_back(std::move(done));
  queue_.sync |= durable;
  queue_.hurry |= durable || queue_.changes.size() >= kMostLazyCalls;
  ++queued_calls_;
  if (first || queue_.hurry) work_.NotifyOne();
  return true;
}

Result<void> QueuedCursorStore::Execute(CursorChange change) {
  const Awaited<void> executed;
  Callback done = executed.Callback();
  if (!Enqueue(change, /*durable=*/true, done)) return Fail(ShuttingDown());
  return executed.Wait();
}

void QueuedCursorStore::WaitUntilApplied() {
  MutexLock lock(mutex_);
  const std::uint64_t target = queued_calls_;
  if (applied_calls_ < target && !queue_.changes.empty()) {
    queue_.hurry = true;
    work_.NotifyOne();
  }
  while (applied_calls_ < target) applied_.Wait(mutex_);
}

void QueuedCursorStore::WriteQueue() {
  MutexLock lock(mutex_);
  for (;;) {
    WaitForWork();
    if (queue_.changes.empty()) return;
    Batch batch = std::exchange(queue_, {});
    lock.Unlock();
    const Result<void> outcome = table_->Apply(batch.changes, batch.sync);
    CountApplied(batch);
    Complete(batch, outcome);
    if (!outcome) RefuseQueue(outcome);
    lock.Lock();
  }
}

void QueuedCursorStore::RefuseQueue(const Result<void>& outcome) {
  MutexLock lock(mutex_);
  while (!queue_.changes.empty()) {
    Batch batch = std::exchange(queue_, {});
    lock.Unlock();
    CountApplied(batch);
    Complete(batch, outcome);
    lock.Lock();
  }
}

void QueuedCursorStore::CountApplied(const Batch& batch) {
  MutexLock lock(mutex_);
  applied_calls_ += batch.changes.size();
  applied_.NotifyAll();
}

void QueuedCursorStore::WaitForWork() {
  while (!closing_ && !queue_.hurry) {
    if (queue_.changes.empty()) {
      work_.Wait(mutex_);
    } else if (!work_.WaitUntil(mutex_, queue_.due)) {
      return;
    }
  }
}

void QueuedCursorStore::Complete(Batch& batch, const Result<void>& outcome) {
  for (Callback& done : batch.callbacks) {
    if (done) done(outcome);
  }
}

}  // namespace strata::storage
