#include "storage/tool/directory/pending_swap.h"

#include <algorithm>
#include <string>
#include <vector>

#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

bool Contains(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

void Settle(PartitionId partition, FileTree* tree, LoadedState* state) {
  const SealedSegment swap = *state->swap;
  state->swap.reset();
  // The paths in the tree are relative.
  const std::string rewritten =
      RewrittenPath("", partition, swap.base_offset, swap.generation).substr(1);
  if (Contains(tree->unfinished, rewritten)) return;
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
}

}  // namespace

void SettleSwaps(FileTree* tree, Truth* truth) {
  for (auto& [partition, state] : truth->logs) {
    if (state.swap) Settle(partition, tree, &state);
  }
}

}  // namespace strata::storage::tool
