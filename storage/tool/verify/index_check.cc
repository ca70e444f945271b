#include "storage/tool/verify/index_check.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "storage/index/offset_index.h"

namespace strata::storage::tool {
namespace {

// Entries are an interval apart, and the count begins anew at each start of the broker; so more
// than this without one is a hole.
constexpr std::int64_t kSuspiciousBytes = 16 * kIndexIntervalBytes;

void SortByPosition(std::vector<IndexEntry>* entries) {
  std::sort(entries->begin(), entries->end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
}

std::string NoSuchBatch(const IndexEntry& entry, std::string_view kind) {
  return fmt::format("the entry by {} names offset {} at position {}, where no batch begins", kind,
                     entry.offset, entry.position);
}

std::string WrongOffset(const IndexEntry& entry, std::string_view kind, const BatchPlace& batch) {
  return fmt::format("the entry by {} names offset {} at position {}, which is {}", kind,
                     entry.offset, entry.position, batch.header.base_offset);
}

}  // namespace

IndexCheck::IndexCheck(SegmentIndex index, std::uint32_t generation) : index_(std::move(index)) {
  const auto foreign = [=](const IndexEntry& entry) { return entry.generation != generation; };
  std::erase_if(index_.by_offset, foreign);
  std::erase_if(index_.by_time, foreign);
  if (index_.covered_generation != generation) index_.covered_bytes = 0;
  SortByPosition(&index_.by_offset);
  SortByPosition(&index_.by_time);
}

void IndexCheck::Add(const BatchPlace& batch) {
  max_timestamp_ms_ = std::max(max_timestamp_ms_, batch.header.max_timestamp_ms);
  CheckByOffset(batch);
  CheckByTime(batch);
  CheckDensity(batch);
}

void IndexCheck::CheckByOffset(const BatchPlace& batch) {
  for (; next_by_offset_ < index_.by_offset.size(); ++next_by_offset_) {
    const IndexEntry& entry = index_.by_offset[next_by_offset_];
    if (entry.position > batch.position) return;
    if (entry.position < batch.position) {
      Add(NoSuchBatch(entry, "offset"), /*stale=*/false);
      continue;
    }
    last_entry_position_ = batch.position;
    if (entry.offset != batch.header.base_offset) {
      Add(WrongOffset(entry, "offset", batch), /*stale=*/false);
    } else if (entry.max_timestamp_ms != max_timestamp_ms_) {
      Add(fmt::format("the entry of offset {} has the highest timestamp {}, which is {}",
                      entry.offset, entry.max_timestamp_ms, max_timestamp_ms_),
          /*stale=*/false);
    }
  }
}

void IndexCheck::CheckByTime(const BatchPlace& batch) {
  for (; next_by_time_ < index_.by_time.size(); ++next_by_time_) {
    const IndexEntry& entry = index_.by_time[next_by_time_];
    if (entry.position > batch.position) return;
    if (entry.position < batch.position) {
      Add(NoSuchBatch(entry, "time"), /*stale=*/false);
    } else if (entry.offset != batch.header.base_offset) {
      Add(WrongOffset(entry, "time", batch), /*stale=*/false);
    } else if (entry.max_timestamp_ms < max_timestamp_ms_) {
      Add(fmt::format("up to offset {} no timestamp is to be above {}, but {} is", entry.offset,
                      entry.max_timestamp_ms, max_timestamp_ms_),
          /*stale=*/false);
    }
  }
}

void IndexCheck::CheckDensity(const BatchPlace& batch) {
  if (batch.position >= index_.covered_bytes ||
      batch.position - last_entry_position_ < kSuspiciousBytes) {
    return;
  }
  Add(fmt::format("it is said to be complete up to position {}, but has no entry from {} to {}",
                  index_.covered_bytes, last_entry_position_, batch.position),
      /*stale=*/false);
  last_entry_position_ = batch.position;
}

std::vector<IndexProblem> IndexCheck::Finish(std::int64_t end_position) {
  for (; next_by_offset_ < index_.by_offset.size(); ++next_by_offset_) {
    AddLeftOver(index_.by_offset[next_by_offset_], "offset", end_position);
  }
  for (; next_by_time_ < index_.by_time.size(); ++next_by_time_) {
    AddLeftOver(index_.by_time[next_by_time_], "time", end_position);
  }
  if (index_.covered_bytes > end_position) {
    Add(fmt::format("it is said to be complete up to position {}, but the batches end at {}",
                    index_.covered_bytes, end_position),
        /*stale=*/true);
  }
  return std::move(problems_);
}

void IndexCheck::AddLeftOver(const IndexEntry& entry, std::string_view kind,
                             std::int64_t end_position) {
  Add(NoSuchBatch(entry, kind), /*stale=*/entry.position >= end_position);
}

}  // namespace strata::storage::tool
