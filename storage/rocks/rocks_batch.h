// Changes that RocksDb::Write applies atomically, in the order in which they were added.
// Not thread-safe.
#pragma once

#include <memory>
#include <string_view>

#include "storage/rocks/rocks_db.h"

namespace rocksdb {
class WriteBatch;
}

namespace strata::storage {

class RocksBatch {
 public:
  RocksBatch();
  ~RocksBatch();
  RocksBatch(RocksBatch&& other) noexcept;
  RocksBatch& operator=(RocksBatch&& other) noexcept;

  void Put(RocksFamily family, std::string_view key, std::string_view value);
  void Delete(RocksFamily family, std::string_view key);

  bool empty() const;

  rocksdb::WriteBatch& contents() { return *contents_; }

 private:
  std::unique_ptr<rocksdb::WriteBatch> contents_;
};

}  // namespace strata::storage
