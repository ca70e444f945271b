// How often a data directory has been started: what is numbered anew in each run, such as the
// generations of groups, is kept apart by it.
#pragma once

#include <cstdint>

#include "proto/base/error.h"
#include "storage/metadata_store.h"

namespace strata::broker {

// Counts this start, durably: 1 for the first. CORRUPT_LOG (the count is damaged), IO_ERROR.
Result<std::int64_t> CountStart(storage::MetadataStore& metadata);

}  // namespace strata::broker
