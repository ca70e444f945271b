// A snapshot of a partition's producers as bytes. FORMAT.md beside this file has the layout.
// Pure functions; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "storage/log/producers/producer_table.h"

namespace strata::storage {

std::string EncodeProducers(const ProducerSnapshot& snapshot);

// CORRUPT_LOG: not what this build could have written.
Result<ProducerSnapshot> DecodeProducers(std::string_view bytes);

}  // namespace strata::storage
