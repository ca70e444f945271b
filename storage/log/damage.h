// What of a log cannot be read, and where it can be read again.
//
// A segment with damage in it falls into stretches of intact batches. Behind the damage a walk
// cannot go on by itself, so the place where the next intact batch lies is remembered.
//
// Plain containers: the owner guards them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/types.h"

namespace strata::storage {

// The offsets from `begin` up to `end`; `end` is the next good offset, or will be the next one that
// is appended. Equal if bytes were in the way, but no record is lost.
struct DamagedRange {
  Offset begin = 0;
  Offset end = 0;
  // Where the damage begins.
  Offset segment_base = 0;
  std::int64_t position = 0;
  // Where `end` lies, if it is in the same segment.
  std::optional<std::int64_t> resume_position;
  std::string what;  // "the batch does not fit its CRC"
};

// Intact batches without a break: from `position`, where the batch with base offset `offset` lies,
// to `end_position`.
struct Stretch {
  Offset offset = 0;
  std::int64_t position = 0;
  std::int64_t end_position = 0;

  bool operator==(const Stretch&) const = default;
};

class DamageMap {
 public:
  DamageMap() = default;
  explicit DamageMap(std::vector<DamagedRange> ranges);

  // Adds what is not known yet.
  void Add(DamagedRange range);

  // Forgets what lies wholly below the log start.
  void DropBelow(Offset log_start);

  // The range that `offset` is in; null if it is in none. Valid until the next change.
  const DamagedRange* Find(Offset offset) const;

  // The stretches of a segment, in order. The last one ends at `end_position`, unless the damage
  // reaches that far.
  std::vector<Stretch> StretchesOf(Offset segment_base, std::int64_t end_position) const;

  // By their beginning.
  const std::vector<DamagedRange>& ranges() const { return ranges_; }

 private:
  std::vector<DamagedRange> ranges_;
};

}  // namespace strata::storage
