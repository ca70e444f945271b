// A MetadataStore in one family of a RocksDB database of truth: each transaction is one synced
// write, the new revision with it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proto/base/mutex.h"
#include "storage/metadata/watch_list.h"
#include "storage/metadata_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

class RocksMetadataStore : public MetadataStore {
 public:
  // `db` must outlive the store, and nothing else may use the family. CORRUPT_LOG, IO_ERROR.
  static Result<std::unique_ptr<MetadataStore>> Open(RocksDb& db, RocksFamily family);

  RocksMetadataStore(RocksDb& db, RocksFamily family, std::int64_t revision);

  Result<std::optional<VersionedValue>> Get(std::string_view key) override;
  Result<std::vector<VersionedValue>> Range(std::string_view prefix) override;
  Result<std::int64_t> Commit(const MetadataTransaction& transaction) override;
  std::uint64_t Watch(std::string prefix,
                      std::function<void(const MetadataChange&)> changed) override;
  void Unwatch(std::uint64_t ticket) override;

 private:
  Result<std::int64_t> VersionOf(const std::string& key);
  Result<void> Write(const std::vector<MetadataChange>& changes, std::int64_t revision);

  RocksDb& db_;
  const RocksFamily family_;
  WatchList watches_;

  // One transaction at a time, until it is durable and its watchers know.
  Mutex commit_mutex_;
  std::int64_t revision_ STRATA_GUARDED_BY(commit_mutex_);
};

}  // namespace strata::storage
