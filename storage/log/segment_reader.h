// Reading batches out of a segment file. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "proto/base/bytes.h"
#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/batch_scanner.h"

namespace strata::storage {

// Whole batches, back to back, in memory of their own.
struct BatchRun {
  SharedBytes bytes;
  Offset next_offset = 0;
  std::int64_t end_position = 0;
};

// Whole batches that fit their CRCs, from `position` on, where the batch with base offset
// `expected` must lie: as many as fit into `max_bytes`, but at least one, and none beyond `limit`.
// `expected` absent: any batch. CORRUPT_LOG: there is no such batch. IO_ERROR.
Result<BatchRun> ReadBatches(const File& file, std::int64_t position, std::int64_t limit,
                             std::optional<Offset> expected, std::size_t max_bytes);

// The batch that contains `offset`, found by walking the headers from `position` on, where a batch
// with base offset `expected` must lie. CORRUPT_LOG: damage comes first, or `limit`. IO_ERROR.
Result<BatchPlace> FindBatch(const File& file, std::int64_t position, std::int64_t limit,
                             Offset expected, Offset offset);

}  // namespace strata::storage
