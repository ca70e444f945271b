// Whether the records of a batch can be read. Pure.
#pragma once

#include <string_view>

#include "proto/base/error.h"

namespace strata::storage::tool {

// `batch` is exactly one batch, whose CRC fits: what does not decode was damaged before it was
// stored. INVALID_BATCH, UNSUPPORTED_BATCH.
Result<void> CheckRecords(std::string_view batch);

}  // namespace strata::storage::tool
