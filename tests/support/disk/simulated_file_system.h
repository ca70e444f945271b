// A disk in memory that fails when a test wants it to, counts what is asked of it, and loses what
// was not synced when its power is cut.
//
// What is kept and what is lost follows POSIX, not the kinder habits of one file system: the bytes
// of a file are on disk after Sync of that file or SyncAll, its name after SyncDirectory of its
// directory or SyncAll. Without them, any 4 KiB page may be found as it was synced or as it was
// last written, whole or torn between two sectors; the length likewise; and of the changes of a
// directory the first few (see PendingEntries). A failed sync leaves the pages clean but not on
// disk, as Linux does.
//
// Threads: any, beside each other. Files may outlive Restart; they belong to the past then.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/io/file_system.h"
#include "tests/support/disk/disk_image.h"
#include "tests/support/disk/fault_plan.h"
#include "tests/support/disk/operation.h"
#include "tests/support/disk/simulated_directory.h"

namespace strata::testing {

class SimulatedFileSystem : public storage::FileSystem {
 public:
  SimulatedFileSystem();
  ~SimulatedFileSystem() override;

  // --- What goes wrong ---

  void Plan(Fault fault) STRATA_EXCLUDES(mutex_);
  // Nothing that was planned happens any more; there is room; the hook is gone.
  void Heal() STRATA_EXCLUDES(mutex_);

  // Called before each operation, on its thread, without any lock; may wait. An error becomes the
  // result of the operation.
  using Hook = std::function<Result<void>(Operation operation, const std::string& path)>;
  void SetHook(Hook hook) STRATA_EXCLUDES(mutex_);

  // How many bytes the files may have in all; beyond, writes are short and fail with DISK_FULL.
  void SetCapacity(std::int64_t bytes) STRATA_EXCLUDES(mutex_);

  // From now on the system writes dirty pages back whenever it likes.
  void WriteBackAtRandom(std::uint64_t seed) STRATA_EXCLUDES(mutex_);

  // The `nth` change of the disk from now on does not happen, and nothing works any more until
  // Restart. 0: at once. What has begun before on another thread still has its effect.
  void CutPowerAt(std::uint64_t nth) STRATA_EXCLUDES(mutex_);
  bool power() const STRATA_EXCLUDES(mutex_);

  // After a power cut, or instead of killing the process: what it does from now on works, on a copy
  // that nobody will ever see, so that it can be taken down in order. One of the restarts follows.
  void LetOldProcessEnd() STRATA_EXCLUDES(mutex_);

  // The process was killed and the system was not: what it had written is still seen, dirty.
  void RestartProcess() STRATA_EXCLUDES(mutex_);

  // What would be found if the power failed now, or was found when it did. The same seed and
  // history give the same disk.
  DiskImage FindAfterPowerCut(std::uint64_t seed,
                              PendingEntries entries = PendingEntries::kKeepFirst) const
      STRATA_EXCLUDES(mutex_);
  // Everything works again, on a disk as it is found after a power cut.
  void Restart(std::uint64_t seed, PendingEntries entries = PendingEntries::kKeepFirst)
      STRATA_EXCLUDES(mutex_);
  // The same, with nothing but what was synced.
  void RestartWithoutUnsynced() STRATA_EXCLUDES(mutex_);

  // Losses of pages that nobody has been told of are told to nobody. Linux would tell whoever syncs
  // such a file next, even a process that has only just opened it.
  void ForgetUnseenFailures() STRATA_EXCLUDES(mutex_);

  // The system forgets all pages that count as clean, and reads them from the disk from now on.
  void EvictCleanPages() STRATA_EXCLUDES(mutex_);

  // --- What has happened ---

  std::uint64_t count(Operation operation) const STRATA_EXCLUDES(mutex_);
  // Operations so far that change the disk.
  std::uint64_t changes() const STRATA_EXCLUDES(mutex_);
  std::int64_t used_bytes() const STRATA_EXCLUDES(mutex_);
  // Operations that a plan has made fail.
  std::uint64_t injected() const STRATA_EXCLUDES(mutex_);

  // --- By hand: neither counted nor failing, and on disk at once ---

  // What the system shows.
  DiskImage Save() const STRATA_EXCLUDES(mutex_);
  // Replaces everything. No file may be open.
  void Load(const DiskImage& image) STRATA_EXCLUDES(mutex_);

  bool HasFile(const std::string& path) const STRATA_EXCLUDES(mutex_);
  std::string Contents(const std::string& path) const STRATA_EXCLUDES(mutex_);
  // Makes the file, and its directories, if need be.
  void SetContents(const std::string& path, std::string content) STRATA_EXCLUDES(mutex_);
  void FlipBit(const std::string& path, std::uint64_t bit) STRATA_EXCLUDES(mutex_);
  void Cut(const std::string& path, std::size_t size) STRATA_EXCLUDES(mutex_);
  // A file, or a directory with all it holds.
  void Erase(const std::string& path) STRATA_EXCLUDES(mutex_);

  // --- storage::FileSystem ---

  Result<std::unique_ptr<storage::File>> Open(const std::string& path, OpenMode mode) override;
  Result<void> SyncAll(const std::string& directory) override;
  Result<void> SyncDirectory(const std::string& directory) override;
  Result<void> CreateDirectory(const std::string& directory) override;
  Result<void> CreateDirectories(const std::string& directory) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<void> Rename(const std::string& from, const std::string& to) override;
  Result<void> RemoveFile(const std::string& path) override;
  Result<void> RemoveTree(const std::string& path) override;
  Result<std::unique_ptr<storage::FileLock>> LockFile(const std::string& path) override;
  Result<std::int64_t> FreeBytes(const std::string& path) override;

 private:
  class OpenFile;
  class Lock;

  // Counts an operation; its error, if it is to fail. Otherwise it is to have its effect: whatever
  // another thread does before `mutex_` is locked again, its caller is told that it has.
  Result<void> Begin(Operation operation, const std::string& path) STRATA_EXCLUDES(mutex_);

  NodePtr Find(const std::string& path) const STRATA_REQUIRES(mutex_);
  // The directory that `path` lies in; null if there is none.
  NodePtr ParentOf(const std::string& path) const STRATA_REQUIRES(mutex_);
  NodePtr MakeDirectories(const std::string& directory) STRATA_REQUIRES(mutex_);
  void Build(const DiskImage& image) STRATA_REQUIRES(mutex_);
  void PowerOn(const DiskImage& image) STRATA_EXCLUDES(mutex_);

  std::int64_t UsedBytes() const STRATA_REQUIRES(mutex_);
  // How much of a growth by `bytes` there is room for.
  std::int64_t RoomFor(std::int64_t bytes) const STRATA_REQUIRES(mutex_);

  mutable Mutex mutex_;
  NodePtr root_ STRATA_GUARDED_BY(mutex_);
  NodePtr left_behind_ STRATA_GUARDED_BY(mutex_);  // by the power cut, while root_ is a mere copy
  FaultPlan faults_ STRATA_GUARDED_BY(mutex_);
  std::shared_ptr<const Hook> hook_ STRATA_GUARDED_BY(mutex_);
  std::optional<std::int64_t> capacity_ STRATA_GUARDED_BY(mutex_);
  std::optional<Dice> write_back_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t changes_ STRATA_GUARDED_BY(mutex_) = 0;
  std::optional<std::uint64_t> power_ends_at_ STRATA_GUARDED_BY(mutex_);
  bool power_ STRATA_GUARDED_BY(mutex_) = true;
  // Each lock lives as long as its holder and the power.
  std::map<std::string, std::weak_ptr<int>> locks_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
