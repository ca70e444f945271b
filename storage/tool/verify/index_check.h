// Holds the index of a segment against its batches. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/log/batch_scanner.h"
#include "storage/tool/directory/partition_index.h"

namespace strata::storage::tool {

struct IndexProblem {
  std::string what;    // a sentence without a full stop
  bool stale = false;  // a crash or a cut may have left it, and nobody is misled

  bool operator==(const IndexProblem&) const = default;
};

class IndexCheck {
 public:
  // What speaks of another generation of the segment's file than this one counts for nothing.
  IndexCheck(SegmentIndex index, std::uint32_t generation);

  // The next batch of the segment.
  void Add(const BatchPlace& batch);

  // The batches end at `end_position`. What is wrong.
  std::vector<IndexProblem> Finish(std::int64_t end_position);

 private:
  void CheckByOffset(const BatchPlace& batch);
  void CheckByTime(const BatchPlace& batch);
  void CheckDensity(const BatchPlace& batch);
  void AddLeftOver(const IndexEntry& entry, std::string_view kind, std::int64_t end_position);
  void Add(std::string what, bool stale) { problems_.push_back({std::move(what), stale}); }

  SegmentIndex index_;  // in the order of positions
  std::size_t next_by_offset_ = 0;
  std::size_t next_by_time_ = 0;
  TimestampMs max_timestamp_ms_ = kNoTimestamp;
  std::int64_t last_entry_position_ = 0;
  std::vector<IndexProblem> problems_;
};

}  // namespace strata::storage::tool
