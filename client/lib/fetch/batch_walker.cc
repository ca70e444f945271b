#include "client/lib/fetch/batch_walker.h"

#include <fmt/format.h>

namespace strata {

Result<RecordBatchReader*> BatchWalker::Next() {
  STRATA_TRY_ASSIGN(const std::string_view batch, TakeBatch(rest_));
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(batch));
  if (!BatchCrcMatches(batch)) {
    return Fail(
        ErrorCode::CORRUPT_BATCH,
        fmt::format("the batch at offset {} does not fit its checksum", header.base_offset));
  }
  STRATA_TRY_ASSIGN(RecordBatchReader reader, RecordBatchReader::Open(batch));
  reader_.emplace(std::move(reader));
  return &*reader_;
}

}  // namespace strata
