// What is done about a swap that was promised and perhaps not carried out, as a table. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/log/sealed_segment.h"

namespace strata::storage {

enum class SwapAction {
  kRename,  // the rewritten file waits: it takes its place, and the others go
  kFinish,  // it is in its place: the others go
  kDrop,    // it is nowhere: what is there stays, and the promise is forgotten
};

// `waiting`: the rewritten file is there under its own name. `size_in_place`: that of the segment
// with the base offset of the promise, absent if there is none. A rewritten segment has lost
// records, or has those of others too: so its length tells it from the one that it is made from.
inline SwapAction DecideSwap(const SealedSegment& promised, bool waiting,
                             std::optional<std::int64_t> size_in_place) {
  if (waiting) return SwapAction::kRename;
  return size_in_place == promised.size_bytes ? SwapAction::kFinish : SwapAction::kDrop;
}

}  // namespace strata::storage
