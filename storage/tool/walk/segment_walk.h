// Walks a segment file from end to end, past whatever is damaged in it.
//
//   SegmentWalk walk(file, size, offsets);
//   while (true) {
//     STRATA_TRY_ASSIGN(const SegmentWalk::Step step, walk.Next());
//     if (step == SegmentWalk::Step::kEnd) break;
//     ...
//   }
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/batch_scanner.h"
#include "storage/tool/report/offset_range.h"
#include "storage/tool/walk/patched_file.h"

namespace strata::storage::tool {

// A stretch that cannot be read, with a good batch behind it.
struct Gap {
  std::int64_t begin = 0;  // position
  std::int64_t end = 0;    // position of the next good batch
  OffsetRange offsets;     // what is missing
  ScanEnd what = ScanEnd::kBadHeader;
};

class SegmentWalk {
 public:
  enum class Step {
    kBatch,  // batch() and bytes() are the next good batch
    kGap,    // gap() is what lies before the next good batch
    kEnd,    // end(), position() and next_offset() say how and where it ends
  };

  // `file` outlives the walk. `offsets`: from the base offset of the segment up to that of the next
  // one, if there is one. Behind damage, no batch counts that the file cannot reach (HighestEnd).
  SegmentWalk(const File& file, std::int64_t size_bytes, OffsetRange offsets);

  // What cannot be read counts as damage, and unreadable() says so. IO_ERROR never.
  Result<Step> Next();

  const BatchPlace& batch() const { return batch_; }
  std::string_view bytes() const { return scanner_->bytes(); }  // until the next call of Next
  const Gap& gap() const { return gap_; }

  ScanEnd end() const { return scanner_->end(); }
  std::int64_t position() const { return scanner_->position(); }
  Offset next_offset() const { return scanner_->next_offset(); }

  // What the disk has refused so far, in order.
  const std::vector<UnreadablePart>& unreadable() const { return file_.unreadable(); }

 private:
  void ScanFrom(std::int64_t position, Offset expected);

  const PatchedFile file_;
  const std::int64_t size_bytes_;
  const Offset offsets_end_;
  std::optional<BatchScanner> scanner_;
  BatchPlace batch_;
  Gap gap_;
};

}  // namespace strata::storage::tool
