// Batches as they stand in a log.
#pragma once

#include <string>

#include "proto/batch/batch_header.h"

namespace strata::testing {

// `batch`, placed at `offset`.
inline std::string Placed(std::string batch, Offset offset) {
  const auto header = ParseBatchHeader(batch).value();
  const auto placement = EncodePlacement(offset, header.batch_length, /*epoch=*/0);
  batch.replace(0, placement.size(), placement.data(), placement.size());
  return batch;
}

}  // namespace strata::testing
