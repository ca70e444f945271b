// Where the last few reads of a log ended, so that sequential readers need no index: the next read
// of each begins exactly there. Bounded; the oldest hint is overwritten.
//
// A plain container: the owner guards it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "proto/base/types.h"

namespace strata::storage {

class ReadHints {
 public:
  // A batch begins with `offset` at `position` of the segment.
  void Remember(Offset offset, Offset segment_base, std::int64_t position) {
    if (Find(offset, segment_base)) return;
    hints_[next_++ % kHints] = {offset, segment_base, position};
  }

  std::optional<std::int64_t> Find(Offset offset, Offset segment_base) const {
    for (const Hint& hint : hints_) {
      if (hint.offset == offset && hint.segment_base == segment_base) return hint.position;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kHints = 16;

  struct Hint {
    Offset offset = kNoOffset;
    Offset segment_base = kNoOffset;
    std::int64_t position = 0;
  };

  std::array<Hint, kHints> hints_;
  std::size_t next_ = 0;
};

}  // namespace strata::storage
