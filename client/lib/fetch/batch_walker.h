// Walks through encoded batches as they came from the broker, batch by batch.
// Use it from one thread at a time.
#pragma once

#include <optional>
#include <utility>

#include "proto/base/error.h"
#include "proto/base/fragments.h"
#include "proto/base/types.h"
#include "proto/batch/record_batch.h"

namespace strata {

class BatchWalker {
 public:
  BatchWalker() = default;

  // `batches`: whole batches, back to back.
  explicit BatchWalker(Fragments batches) : batches_(std::move(batches)), rest_(batches_) {}

  bool empty() const { return rest_.AtEnd(); }

  // Checks the CRC of the next batch and opens it. The reader, and what it returned, is valid until
  // the next call and as long as this walker. CORRUPT_BATCH, INVALID_BATCH, UNSUPPORTED_BATCH.
  Result<RecordBatchReader*> Next();

 private:
  Fragments batches_;  // own what the reader's batch lies in, too
  FragmentReader rest_;
  std::optional<RecordBatchReader> reader_;
};

}  // namespace strata
