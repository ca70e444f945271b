#include "storage/tool/directory/pending_swap.h"

#include <string>
#include <utility>

#include "storage/log/cleaning/swap_files.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

// The rewritten file stands for the segments that it replaces, wherever it is.
void Take(const SealedSegment& swap, const std::string& rewritten, FileTree* tree,
          SegmentPaths* segments) {
  const auto first = segments->lower_bound(swap.base_offset);
  const auto end = segments->lower_bound(swap.next_offset);
  for (auto segment = first; segment != end; ++segment) {
    if (segment->second != rewritten) tree->unfinished.push_back(segment->second);
  }
  segments->erase(first, end);
  segments->emplace(swap.base_offset, rewritten);
  std::erase(tree->unfinished, rewritten);
}

Result<void> Settle(const std::string& data_dir, PartitionId partition, FileTree* tree,
                    LoadedState* state) {
  const SealedSegment swap = *std::exchange(state->swap, std::nullopt);
  STRATA_TRY_ASSIGN(const SwapFiles files,
                    InspectSwap(FileSystem::Real(), data_dir, partition, swap, state->log_start));
  const SwapAction action = DecideSwap(swap, files);
  if (action == SwapAction::kDrop) return Ok();
  const std::string path = action == SwapAction::kRename
                               ? RewrittenPath("", partition, swap.base_offset, swap.generation)
                               : SegmentPath("", partition, swap.base_offset);
  Take(swap, path.substr(1), tree, &tree->segments[partition]);
  NoteSwapped(swap, &state->sealed);
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
