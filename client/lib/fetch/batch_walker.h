// Walks through encoded batches as they came from the broker, batch by batch.
// Use it from one thread at a time.
#pragma once

#include <optional>

#include "proto/base/bytes.h"
#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/record_batch.h"

namespace strata {

class BatchWalker {
 public:
  BatchWalker() = default;

  // `batches`: whole batches, back to back.
  explicit BatchWalker(SharedBytes batches)
      : batches_(std::move(batches)), rest_(batches_.view()) {}

  bool empty() const { return rest_.empty(); }

  // Checks the CRC of the next batch and opens it. The reader, and what it returned, is valid until
  // the next call and as long as this walker. CORRUPT_BATCH, INVALID_BATCH, UNSUPPORTED_BATCH.
  Result<RecordBatchReader*> Next();

 private:
  SharedBytes batches_;
  std::string_view rest_;
  std::optional<RecordBatchReader> reader_;
};

}  // namespace strata
