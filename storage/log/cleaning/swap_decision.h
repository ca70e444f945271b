// Which files are the log after a swap that was promised and perhaps not carried out, as a table.
// Recovery makes it so, and strata-log looks at them as recovery will. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "storage/log/sealed_segment.h"

namespace strata::storage {

enum class SwapAction {
  kRename,  // the rewritten file waits: it takes its place, and the others go
  kFinish,  // it is in its place: the others go
  kDrop,    // what it was to replace stays, and the promise is forgotten
};

// What is there.
struct SwapFiles {
  enum class Waiting { kMissing, kDamaged, kWhole };

  // The rewritten file under its own name. Whole: it holds all that was promised, by length,
  // offsets and CRCs.
  Waiting waiting = Waiting::kMissing;
  // Those that it was to replace hold all its offsets, intact. Only looked at if it is damaged.
  bool originals_whole = false;
  // Of the segment with the base offset of the promise, absent if there is none.
  std::optional<std::int64_t> size_in_place;
};

// A rewritten segment has lost records, or has those of others too: so its length tells it from the
// one that it is made from.
inline SwapAction DecideSwap(const SealedSegment& promised, const SwapFiles& files) {
  if (files.waiting == SwapFiles::Waiting::kMissing) {
    return files.size_in_place == promised.size_bytes ? SwapAction::kFinish : SwapAction::kDrop;
  }
  const bool damaged = files.waiting == SwapFiles::Waiting::kDamaged;
  return damaged && files.originals_whole ? SwapAction::kDrop : SwapAction::kRename;
}

// Whether the segment with this base offset goes when the rewritten one is in its place.
inline bool IsSwappedOut(const SealedSegment& promised, Offset base_offset) {
  return base_offset > promised.base_offset && base_offset < promised.next_offset;
}

// Replaces the notes of the segments that go, in a map by base offset.
inline void NoteSwapped(const SealedSegment& promised, std::map<Offset, SealedSegment>* sealed) {
  sealed->erase(sealed->lower_bound(promised.base_offset),
                sealed->lower_bound(promised.next_offset));
  sealed->emplace(promised.base_offset, promised);
}

}  // namespace strata::storage
