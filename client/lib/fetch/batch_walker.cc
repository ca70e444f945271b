#include "client/lib/fetch/batch_walker.h"

namespace strata {

Result<RecordBatchReader*> BatchWalker::Next() {
  STRATA_TRY_ASSIGN(const ReceivedBatch batch, TakeBatch(rest_));
  STRATA_TRY_ASSIGN(RecordBatchReader reader, RecordBatchReader::OpenReceived(batch.bytes));
  reader_.emplace(std::move(reader));
  return &*reader_;
}

}  // namespace strata
