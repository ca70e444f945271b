#include "storage/rocks/rocks_batch.h"

#include <rocksdb/write_batch.h>

#include "storage/rocks/internal.h"

namespace strata::storage {

RocksBatch::RocksBatch() : contents_(std::make_unique<rocksdb::WriteBatch>()) {}
RocksBatch::~RocksBatch() = default;
RocksBatch::RocksBatch(RocksBatch&&) noexcept = default;
RocksBatch& RocksBatch::operator=(RocksBatch&&) noexcept = default;

void RocksBatch::Put(RocksFamily family, std::string_view key, std::string_view value) {
  contents_->Put(family.handle(), ToSlice(key), ToSlice(value));
}

void RocksBatch::Delete(RocksFamily family, std::string_view key) {
  contents_->Delete(family.handle(), ToSlice(key));
}

bool RocksBatch::empty() const {
  return contents_->Count() == 0;
}

}  // namespace strata::storage
