// What recovery does about the end of the last segment, as a table. Pure.
#pragma once

#include "proto/base/types.h"
#include "storage/log/batch_scanner.h"

namespace strata::storage {

enum class TailAction {
  kKeep,    // all is there: go on behind it
  kCut,     // a torn tail: set the bytes aside, cut them off, go on
  kRefuse,  // the end of what was stable is gone: touch nothing, take no appends
};

// `end`, `next_offset`: how and where the walk over the segment ended. `recorded_stable`: what is
// known to have been flushed, so that its absence is no accident of a crash.
inline TailAction DecideTail(ScanEnd end, Offset next_offset, Offset recorded_stable) {
  if (next_offset < recorded_stable) return TailAction::kRefuse;
  return IsCleanEnd(end) ? TailAction::kKeep : TailAction::kCut;
}

}  // namespace strata::storage
