#include "storage/log/cleaning/segment_swap.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "storage/io/torn_tail.h"
#include "storage/log/cleaning/swap_decision.h"
#include "storage/log/cleaning/swap_files.h"
#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

// Everything from the moment on when the swap has been promised; all of it may be done again.
Result<void> Swap(const LogEnvironment& environment, PartitionLog& log,
                  const SealedSegment& segment, const IndexUpdate& index) {
  FileSystem& file_system = environment.file_system;
  const PartitionId id = log.id();
  const std::string directory = PartitionDirectory(environment.data_dir, id);
  const std::string rewritten =
      RewrittenPath(environment.data_dir, id, segment.base_offset, segment.generation);
  {
    // Nobody opens one of these files while the log still speaks of another.
    MutexLock files(log.files());
    STRATA_TRY_ASSIGN(const bool waits, file_system.Exists(rewritten));
    if (waits) {
      STRATA_TRY(file_system.Rename(rewritten,
                                    SegmentPath(environment.data_dir, id, segment.base_offset)));
    }
    for (const Offset base_offset : log.Replace(ViewOf(segment), segment.next_offset)) {
      environment.files.Forget(id, base_offset);
    }
  }
  // Readers at the tail would go on to see what is gone.
  environment.cache.RemoveBelow(id, segment.next_offset);
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory));
  for (const std::string& name : names) {
    const auto base_offset = ParseSegmentFileName(name);
    if (!base_offset || !IsSwappedOut(segment, *base_offset)) continue;
    STRATA_TRY(file_system.RemoveFile(directory + "/" + name));
  }
  STRATA_TRY(file_system.SyncDirectory(directory));
  // Without its entries the index only helps less.
  environment.index.Replace(id, segment.base_offset, segment.next_offset, index);
  return environment.state.FinishSwap(id, segment);
}

class SwapRecovery {
 public:
  SwapRecovery(const LogEnvironment& environment, PartitionId partition)
      : environment_(environment),
        partition_(partition),
        directory_(PartitionDirectory(environment.data_dir, partition)) {}

  Result<void> Run(LoadedState* state) {
    STRATA_TRY_ASSIGN(const bool exists, environment_.file_system.Exists(directory_));
    if (!exists) return Ok();
    STRATA_TRY_ASSIGN(names_, environment_.file_system.List(directory_));
    if (state->swap) {
      STRATA_TRY(Settle(state));
    } else if (std::any_of(names_.begin(), names_.end(), IsRewrittenFileName)) {
      // Its promise may stand in the database's log all the same, if the write failed half way: it
      // must not come back when the file is gone.
      STRATA_TRY(environment_.state.DropSwap(partition_));
    }
    return RemoveUnpromised();
  }

 private:
  Result<void> Settle(LoadedState* state) {
    const SealedSegment segment = *std::exchange(state->swap, std::nullopt);
    STRATA_TRY_ASSIGN(const SwapFiles files,
                      InspectSwap(environment_.file_system, environment_.data_dir, partition_,
                                  segment, state->log_start));
    const SwapAction action = DecideSwap(segment, files);
    if (action == SwapAction::kDrop) return Drop(segment, files);
    if (action == SwapAction::kRename) STRATA_TRY(TakePlace(segment, files));
    return Finish(segment, state);
  }

  Result<void> Drop(const SealedSegment& segment, const SwapFiles& files) {
    const bool damaged = files.waiting == SwapFiles::Waiting::kDamaged;
    spdlog::warn("{}: the compacted segment at offset {} {}; what it was to replace stays",
                 Describe(partition_), segment.base_offset,
                 damaged ? "is damaged, and set aside" : "is not there");
    // First, since a promise whose file is gone says little.
    STRATA_TRY(environment_.state.DropSwap(partition_));
    if (!damaged) return Ok();
    const std::string rewritten = RewrittenPathOf(segment);
    std::erase(names_, std::filesystem::path(rewritten).filename().string());
    STRATA_TRY(SetAside(environment_.file_system, rewritten, PathOf(segment.base_offset)));
    return environment_.file_system.SyncDirectory(directory_);
  }

  Result<void> TakePlace(const SealedSegment& segment, const SwapFiles& files) {
    if (files.waiting == SwapFiles::Waiting::kDamaged) STRATA_TRY(SetOriginalsAside(segment));
    return environment_.file_system.Rename(RewrittenPathOf(segment), PathOf(segment.base_offset));
  }

  // They may hold what the damaged file has lost. All of them before it takes its place: from then
  // on the swap seems to be one that was all in order.
  Result<void> SetOriginalsAside(const SealedSegment& segment) {
    spdlog::warn(
        "{}: the compacted segment at offset {} is damaged, and what it was to replace is "
        "not whole: it takes the place, and they are set aside",
        Describe(partition_), segment.base_offset);
    for (auto name = names_.begin(); name != names_.end();) {
      const auto base_offset = ParseSegmentFileName(*name);
      const bool goes = base_offset && (*base_offset == segment.base_offset ||
                                        IsSwappedOut(segment, *base_offset));
      if (!goes) {
        ++name;
        continue;
      }
      const std::string path = PathOf(*base_offset);
      STRATA_TRY(SetAside(environment_.file_system, path, path));
      environment_.files.Forget(partition_, *base_offset);
      name = names_.erase(name);
    }
    return environment_.file_system.SyncDirectory(directory_);
  }

  Result<void> Finish(const SealedSegment& segment, LoadedState* state) {
    // The log may be opened anew on a store that was reading it.
    environment_.files.Forget(partition_, segment.base_offset);
    for (const std::string& name : names_) {
      const auto base_offset = ParseSegmentFileName(name);
      if (!base_offset || !IsSwappedOut(segment, *base_offset)) continue;
      STRATA_TRY(environment_.file_system.RemoveFile(directory_ + "/" + name));
      environment_.files.Forget(partition_, *base_offset);
    }
    STRATA_TRY(environment_.file_system.SyncDirectory(directory_));
    environment_.index.Replace(partition_, segment.base_offset, segment.next_offset, {});
    STRATA_TRY(environment_.state.FinishSwap(partition_, segment));
    spdlog::info("{}: completed the swap of a compacted segment at offset {}", Describe(partition_),
                 segment.base_offset);
    NoteSwapped(segment, &state->sealed);
    return Ok();
  }

  Result<void> RemoveUnpromised() {
    for (const std::string& name : names_) {
      if (!IsRewrittenFileName(name)) continue;
      STRATA_TRY(environment_.file_system.RemoveFile(directory_ + "/" + name));
    }
    return Ok();
  }

  std::string PathOf(Offset base_offset) const {
    return SegmentPath(environment_.data_dir, partition_, base_offset);
  }
  std::string RewrittenPathOf(const SealedSegment& segment) const {
    return RewrittenPath(environment_.data_dir, partition_, segment.base_offset,
                         segment.generation);
  }

  const LogEnvironment& environment_;
  const PartitionId partition_;
  const std::string directory_;
  std::vector<std::string> names_;
};

// Not a promise to be kept any more.
Result<void> Drop(const LogEnvironment& environment, PartitionId partition,
                  const SealedSegment& segment) {
  STRATA_TRY(environment.state.DropSwap(partition));
  const std::string rewritten =
      RewrittenPath(environment.data_dir, partition, segment.base_offset, segment.generation);
  STRATA_TRY_ASSIGN(const bool waits, environment.file_system.Exists(rewritten));
  return waits ? environment.file_system.RemoveFile(rewritten) : Ok();
}

}  // namespace

Result<void> SwapSegments(const LogEnvironment& environment, PartitionLog& log,
                          const SealedSegment& segment, const IndexUpdate& index) {
  // The entry of the new file, and that of the segment behind: when the swap is promised, neither
  // may be missing after a power cut.
  STRATA_TRY(
      environment.file_system.SyncDirectory(PartitionDirectory(environment.data_dir, log.id())));
  Result<void> swapped = environment.state.BeginSwap(log.id(), segment);
  if (swapped) swapped = Swap(environment, log, segment, index);
  // What the disk holds of the promise is unknown, so nothing that would contradict it may follow.
  log.set_unfinished_swap(swapped ? std::nullopt : std::optional(segment));
  return swapped;
}

Result<void> FinishOnRunningLog(const LogEnvironment& environment, PartitionLog& log) {
  FairLock turn(log.upkeep());
  STRATA_TRY(log.CheckUpkeep());
  const auto segment = log.unfinished_swap();
  if (!segment) return Ok();
  const auto first = log.first_segment();
  if (first && *first <= segment->base_offset) {
    return SwapSegments(environment, log, *segment, {});
  }
  // The segment whose place it takes has been trimmed.
  STRATA_TRY(Drop(environment, log.id(), *segment));
  log.set_unfinished_swap(std::nullopt);
  return Ok();
}

Result<void> FinishSwap(const LogEnvironment& environment, PartitionId partition,
                        LoadedState* state) {
  return SwapRecovery(environment, partition).Run(state);
}

}  // namespace strata::storage
