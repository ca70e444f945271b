// A store on a simulated disk that lives, dies in one of several ways, and is opened again on what
// is left, as often as one likes; with the history of all that its clients were told.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/local_store.h"
#include "tests/fault/history/history.h"
#include "tests/fault/store/workload.h"
#include "tests/support/disk/simulated_file_system.h"

namespace strata::testing {

class Lives {
 public:
  explicit Lives(std::uint64_t seed);
  ~Lives();

  SimulatedFileSystem& disk() { return disk_; }
  History& history() { return history_; }
  Workload& workload() { return workload_; }
  storage::LocalStore& store() { return *store_; }
  Dice& dice() { return dice_; }

  // Opens the store and all its partitions. An error: it is not open.
  Result<void> Open();
  bool is_open() const { return store_ != nullptr; }
  // Opens it and reads everything. The disk must be in order, so every error is one.
  void OpenAndRead();
  // The same where the power may fail at any time: whether it did not. While it lasts every error
  // is one.
  bool OpenAndReadUntilPowerFails();
  // Lets an operation fail, and notes it in the history if that is something to stop for.
  void Plan(Fault fault);
  // Lets clients work until they are done or the disk fails them all.
  void Work(const WorkOptions& options = {});

  // The disk has failed under the store and works again: opens what takes no more appends.
  void OpenAnew();

  // Closes the store, as far as it comes; it is still to die.
  void Close() { (void)store_->Close(); }
  // Ways to die; the next Open counts as a restart.
  void StopCleanly();
  void KillProcess();
  // The system has forgotten all pages meanwhile that a failed flush has left clean.
  void KillProcessAndEvictPages();
  void LosePower(PendingEntries entries = PendingEntries::kKeepFirst);

  // Retention and compaction, as far as the disk lets them.
  void Clean() { workload_.Clean(*store_); }

  // Every partition takes an append, as it must when nothing is wrong with the disk.
  void ExpectProgress();

  // Fails the test if the history breaks a rule, with the seed.
  void ExpectGoodHistory();

 private:
  Result<void> TryOpenAndRead();
  // Since all was read.
  bool DiskFailed() const { return !disk_.power() || disk_.injected() > injected_; }

  const std::uint64_t seed_;
  Dice dice_;
  SimulatedFileSystem disk_;
  std::uint64_t injected_ = 0;
  History history_;
  Workload workload_{history_, /*first_payload=*/1, [this] { return DiskFailed(); }};
  std::unique_ptr<storage::LocalStore> store_;
};

}  // namespace strata::testing
