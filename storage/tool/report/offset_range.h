// A range of offsets. Plain data.
#pragma once

#include "proto/base/types.h"

namespace strata::storage::tool {

// first <= offset < end.
struct OffsetRange {
  Offset first = 0;
  Offset end = 0;

  bool operator==(const OffsetRange&) const = default;
};

}  // namespace strata::storage::tool
