#include "storage/tool/directory/pending_swap.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/log/cleaning/swap_decision.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

bool Contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

Result<std::optional<std::int64_t>> SizeOf(const std::string& path) {
  STRATA_TRY_ASSIGN(const bool exists, FileSystem::Real().Exists(path));
  if (!exists) return std::nullopt;
  STRATA_TRY_ASSIGN(const auto file,
                    FileSystem::Real().Open(path, FileSystem::OpenMode::kReadOnly));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  return size;
}

Result<void> Settle(const std::string& data_dir, PartitionId partition, FileTree* tree,
                    LoadedState* state) {
  const SealedSegment swap = *std::exchange(state->swap, std::nullopt);
  // The paths in the tree are relative.
  const std::string rewritten =
      RewrittenPath("", partition, swap.base_offset, swap.generation).substr(1);
  STRATA_TRY_ASSIGN(const auto size, SizeOf(SegmentPath(data_dir, partition, swap.base_offset)));
  const bool waiting = Contains(tree->unfinished, rewritten);
  if (DecideSwap(swap, waiting, size) != SwapAction::kFinish) return Ok();
  std::vector<Offset>& bases = tree->segments[partition];
  const auto replaced = std::stable_partition(bases.begin(), bases.end(), [&](Offset base) {
    return base <= swap.base_offset || base >= swap.next_offset;
  });
  for (auto base = replaced; base != bases.end(); ++base) {
    tree->unfinished.push_back(SegmentPath("", partition, *base).substr(1));
  }
  bases.erase(replaced, bases.end());
  state->sealed.erase(state->sealed.lower_bound(swap.base_offset),
                      state->sealed.lower_bound(swap.next_offset));
  state->sealed[swap.base_offset] = swap;
  return Ok();
}

}  // namespace

Result<void> SettleSwaps(const std::string& data_dir, FileTree* tree, Truth* truth) {
  for (auto& [partition, state] : truth->logs) {
    if (state.swap) STRATA_TRY(Settle(data_dir, partition, tree, &state));
  }
  return Ok();
}

}  // namespace strata::storage::tool
