#include "storage/cursors/queued_cursor_store.h"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/cursors/memory_cursor_table.h"

namespace strata::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Notes how it was called; can hold the writer up, and fail.
class SlowTable : public MemoryCursorTable {
 public:
  struct Call {
    std::size_t changes;
    bool sync;
    bool operator==(const Call&) const = default;
  };

  Result<void> Apply(std::span<const CursorChange> changes, bool sync) override {
    MutexLock lock(mutex_);
    calls_.push_back({changes.size(), sync});
    changed_.NotifyAll();
    while (held_) changed_.Wait(mutex_);
    if (failing_ || std::exchange(fails_once_, false)) {
      return Fail(ErrorCode::IO_ERROR, "the disk is gone");
    }
    return MemoryCursorTable::Apply(changes, sync);
  }

  Result<void> Sync() override {
    MutexLock lock(mutex_);
    ++syncs_;
    return Ok();
  }

  void Hold(bool held) {
    MutexLock lock(mutex_);
    held_ = held;
    changed_.NotifyAll();
  }

  void FailFromNowOn() {
    MutexLock lock(mutex_);
    failing_ = true;
  }

  void FailOnce() {
    MutexLock lock(mutex_);
    fails_once_ = true;
  }

  void AwaitCalls(std::size_t count) {
    MutexLock lock(mutex_);
    while (calls_.size() < count) changed_.Wait(mutex_);
  }

  std::vector<Call> calls() {
    MutexLock lock(mutex_);
    return calls_;
  }

  int syncs() {
    MutexLock lock(mutex_);
    return syncs_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Call> calls_ STRATA_GUARDED_BY(mutex_);
  bool held_ STRATA_GUARDED_BY(mutex_) = false;
  bool failing_ STRATA_GUARDED_BY(mutex_) = false;
  bool fails_once_ STRATA_GUARDED_BY(mutex_) = false;
  int syncs_ STRATA_GUARDED_BY(mutex_) = 0;
};

class QueuedCursorStoreTest : public ::testing::Test {
 protected:
  std::future<Result<void>> Write(bool durable, Offset committed = 1) {
    auto promise = std::make_shared<std::promise<Result<void>>>();
    auto future = promise->get_future();
    store_.Write({{"g", {1, 0}, Cursor{committed, committed, "", "", 0}}}, durable,
                 [promise](Result<void> result) { promise->set_value(std::move(result)); });
    return future;
  }

  SlowTable* table_ = new SlowTable;  // owned by the store
  QueuedCursorStore store_{std::unique_ptr<CursorTable>(table_)};
};

TEST_F(QueuedCursorStoreTest, CallsThatComeDuringAFlushShareTheNext) {
  table_->Hold(true);
  std::vector<std::future<Result<void>>> results;
  results.push_back(Write(true));
  table_->AwaitCalls(1);
  for (int i = 0; i < 100; ++i) results.push_back(Write(i % 2 == 0));
  table_->Hold(false);
  for (auto& result : results) EXPECT_TRUE(result.get().has_value());
  EXPECT_THAT(table_->calls(), ElementsAre(SlowTable::Call{1, true}, SlowTable::Call{100, true}));
}

TEST_F(QueuedCursorStoreTest, WhatNobodyWaitsForIsWrittenByItselfWithoutAFlush) {
  EXPECT_TRUE(Write(false).get().has_value());
  EXPECT_THAT(table_->calls(), ElementsAre(SlowTable::Call{1, false}));
}

TEST_F(QueuedCursorStoreTest, ReadingHurriesWhatIsQueued) {
  store_.Write({{"g", {1, 0}, Cursor{}}}, false, nullptr);
  EXPECT_THAT(store_.ListGroups().value(), ElementsAre("g"));
}

TEST_F(QueuedCursorStoreTest, EveryWriteThatSharesAFailedFlushIsTold) {
  table_->Hold(true);
  table_->FailFromNowOn();
  auto first = Write(true);
  table_->AwaitCalls(1);
  auto second = Write(true);
  auto third = Write(false);
  table_->Hold(false);
  for (auto* result : {&first, &second, &third}) {
    const auto outcome = result->get();
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::IO_ERROR);
  }
}

TEST_F(QueuedCursorStoreTest, WhatWasWrittenBeforeARefusalWasToldIsRefusedWithIt) {
  table_->Hold(true);
  table_->FailOnce();
  const std::vector<CursorWrite> writes = {{"g", {1, 0}, Cursor{}}};
  std::promise<Result<void>> last_done;
  store_.Write(writes, true, {});
  table_->AwaitCalls(1);
  // Each is called when not everybody knows of the refusal before.
  store_.Write(writes, true, [&](const Result<void>& second) {
    EXPECT_FALSE(second);
    store_.Write(writes, true, [&](const Result<void>& third) {
      EXPECT_FALSE(third);
      store_.Write(writes, true, [&](Result<void> last) { last_done.set_value(std::move(last)); });
    });
  });
  table_->Hold(false);
  EXPECT_FALSE(last_done.get_future().get());
  EXPECT_TRUE(store_.ListGroups().value().empty());
  // When everybody has been told, the next one is written.
  while (!Write(true).get()) {
  }
  EXPECT_THAT(store_.ListGroups().value(), ElementsAre("g"));
}

TEST_F(QueuedCursorStoreTest, CloseFinishesTheQueueAndFlushes) {
  table_->Hold(true);
  auto first = Write(true, 1);
  table_->AwaitCalls(1);
  auto second = Write(false, 2);
  auto closing = std::async(std::launch::async, [this] { return store_.Close(); });
  table_->Hold(false);
  EXPECT_TRUE(closing.get().has_value());
  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(second.get().has_value());
  EXPECT_EQ(table_->syncs(), 1);
  EXPECT_EQ(store_.Load("g").value()->at(0).cursor.committed, 2);
}

TEST_F(QueuedCursorStoreTest, ACallbackMayWriteAgain) {
  std::promise<void> second_done;
  store_.Write({{"g", {1, 0}, Cursor{}}}, true, [&](Result<void>) {
    store_.Write({{"h", {1, 0}, Cursor{}}}, true, [&](Result<void>) { second_done.set_value(); });
  });
  second_done.get_future().get();
  EXPECT_THAT(store_.ListGroups().value(), SizeIs(2));
}

}  // namespace
}  // namespace strata::storage
