#include "storage/log/damage.h"

#include <algorithm>
#include <utility>

namespace strata::storage {
namespace {

bool Before(const DamagedRange& a, const DamagedRange& b) {
  return a.begin != b.begin ? a.begin < b.begin : a.position < b.position;
}

bool SamePlace(const DamagedRange& a, const DamagedRange& b) {
  return a.segment_base == b.segment_base && a.position == b.position;
}

}  // namespace

DamageMap::DamageMap(std::vector<DamagedRange> ranges) : ranges_(std::move(ranges)) {
  std::sort(ranges_.begin(), ranges_.end(), Before);
}

void DamageMap::Add(DamagedRange range) {
  for (const DamagedRange& known : ranges_) {
    if (SamePlace(known, range)) return;
  }
  ranges_.insert(std::upper_bound(ranges_.begin(), ranges_.end(), range, Before), range);
}

void DamageMap::DropBelow(Offset log_start) {
  std::erase_if(ranges_, [&](const DamagedRange& range) { return range.end <= log_start; });
}

const DamagedRange* DamageMap::Find(Offset offset) const {
  for (const DamagedRange& range : ranges_) {
    if (range.begin <= offset && offset < range.end) return &range;
  }
  return nullptr;
}

std::vector<Stretch> DamageMap::StretchesOf(Offset segment_base, std::int64_t end_position) const {
  std::vector<Stretch> stretches;
  std::optional<Stretch> current = Stretch{segment_base, 0, end_position};
  for (const DamagedRange& range : ranges_) {
    if (range.segment_base != segment_base) continue;
    if (current && range.position > current->position) {
      current->end_position = range.position;
      stretches.push_back(*current);
    }
    current.reset();
    if (range.resume_position) current = Stretch{range.end, *range.resume_position, end_position};
  }
  if (current) stretches.push_back(*current);
  return stretches;
}

}  // namespace strata::storage
