#include "tests/fault/store/lives.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "storage/log/segment_name.h"
#include "tests/fault/history/checker.h"

namespace strata::testing {

namespace {

// What is not to be used any more after an operation on this path has failed.
std::optional<DiskFailed> FailedBy(Operation operation, const std::string& path) {
  constexpr std::string_view kTruth = "/data/meta/";
  const bool stops = operation == Operation::kWrite || operation == Operation::kSync;
  if (!stops || !path.ends_with(".log")) return std::nullopt;
  if (path.starts_with(kTruth)) return DiskFailed{};
  for (const WorkPartition& partition : WorkPartitions()) {
    const std::string directory = storage::PartitionDirectory("/data", partition.id);
    if (path.starts_with(directory + "/")) return DiskFailed{partition.name};
  }
  return std::nullopt;
}

}  // namespace

Lives::Lives(std::uint64_t seed) : seed_(seed), dice_(seed) {
  disk_.WriteBackAtRandom(seed);
}

Lives::~Lives() = default;

Result<void> Lives::Open() {
  // A start that fails once, and not again, would hide what becomes of the lost pages.
  disk_.ForgetUnseenFailures();
  storage::LocalStoreOptions options;
  options.data_dir = "/data";
  options.log_writers = 1 + static_cast<int>(Roll(dice_, 2));
  options.file_system = &disk_;
  options.stable_note_interval = std::chrono::milliseconds(1);
  options.cleanup_interval = std::chrono::milliseconds(0);  // the workload asks for it
  auto store = storage::LocalStore::Open(options);
  if (!store) return Fail(store.error());
  store_ = std::move(*store);
  return workload_.OpenPartitions(*store_);
}

Result<void> Lives::TryOpenAndRead() {
  STRATA_TRY(Open());
  STRATA_TRY(workload_.ReadEverything(*store_));
  // Some damage shows only when it is read.
  STRATA_TRY(Workload::Health(*store_));
  injected_ = disk_.injected();
  return Ok();
}

void Lives::OpenAndRead() {
  const Result<void> opened = TryOpenAndRead();
  ASSERT_TRUE(opened.has_value()) << "I9: seed " << seed_ << ": " << opened.error().message;
}

bool Lives::OpenAndReadUntilPowerFails() {
  const Result<void> opened = TryOpenAndRead();
  if (!opened) {
    EXPECT_FALSE(disk_.power()) << "I9: seed " << seed_ << ": " << opened.error().message;
  }
  return opened.has_value();
}

void Lives::Plan(Fault fault) {
  fault.on_injection = [this, operation = fault.operation](const std::string& path) {
    if (auto failed = FailedBy(operation, path)) history_.Add(*std::move(failed));
  };
  disk_.Plan(std::move(fault));
}

void Lives::OpenAnew() {
  const Result<void> opened = workload_.OpenAnew(*store_);
  EXPECT_TRUE(opened.has_value()) << "I9: seed " << seed_ << ": " << opened.error().message;
}

void Lives::Work(const WorkOptions& options) {
  workload_.Run(*store_, options, dice_());
}

void Lives::ExpectProgress() {
  const Result<void> progress = workload_.ProveProgress(*store_);
  EXPECT_TRUE(progress.has_value()) << "I9: seed " << seed_ << ": " << progress.error().message;
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
