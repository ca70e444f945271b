#include "tests/fault/store/lives.h"

#include <gtest/gtest.h>

#include "tests/fault/history/checker.h"

namespace strata::testing {

Lives::Lives(std::uint64_t seed) : seed_(seed), dice_(seed) {
  disk_.WriteBackAtRandom(seed);
}

Lives::~Lives() = default;

Result<void> Lives::Open() {
  // A start that fails once, and not again, would hide what becomes of the lost pages.
  disk_.ForgetUnseenFailures();
  storage::LocalStoreOptions options;
  options.data_dir = "/data";
  options.log_writers = 2;
  options.file_system = &disk_;
  options.stable_note_interval = std::chrono::milliseconds(1);
  auto store = storage::LocalStore::Open(options);
  if (!store) return Fail(store.error());
  store_ = std::move(*store);
  return workload_.OpenPartitions(*store_);
}

void Lives::OpenAndRead() {
  const Result<void> opened = Open();
  ASSERT_TRUE(opened.has_value()) << "seed " << seed_ << ": " << opened.error().message;
  const Result<void> health = Workload::Health(*store_);
  ASSERT_TRUE(health.has_value()) << "seed " << seed_ << ": " << health.error().message;
  const Result<void> read = workload_.ReadEverything(*store_);
  ASSERT_TRUE(read.has_value()) << "seed " << seed_ << ": " << read.error().message;
}

void Lives::Work(const WorkOptions& options) {
  workload_.Run(*store_, options, dice_());
}

void Lives::ExpectProgress() {
  const Result<void> progress = workload_.ProveProgress(*store_);
  EXPECT_TRUE(progress.has_value()) << "seed " << seed_ << ": " << progress.error().message;
}

void Lives::StopCleanly() {
  const Result<void> closed = store_->Close();
  EXPECT_TRUE(closed.has_value()) << "seed " << seed_ << ": " << closed.error().message;
  store_.reset();
  history_.Add(Restarted{/*unflushed_lost=*/false});
}

void Lives::KillProcess() {
  disk_.LetOldProcessEnd();
  store_.reset();
  disk_.RestartProcess();
  history_.Add(Restarted{/*unflushed_lost=*/false});
}

void Lives::KillProcessAndEvictPages() {
  disk_.LetOldProcessEnd();
  store_.reset();
  disk_.RestartProcess();
  disk_.EvictCleanPages();
  history_.Add(Restarted{/*unflushed_lost=*/true});
}

void Lives::LosePower(PendingEntries entries) {
  disk_.CutPowerAt(0);
  disk_.LetOldProcessEnd();
  store_.reset();
  disk_.Restart(dice_(), entries);
  history_.Add(Restarted{/*unflushed_lost=*/true});
}

void Lives::ExpectGoodHistory() {
  const auto violations = CheckHistory(history_.events());
  EXPECT_TRUE(violations.empty()) << "seed " << seed_ << "\n" << Describe(violations);
}

}  // namespace strata::testing
