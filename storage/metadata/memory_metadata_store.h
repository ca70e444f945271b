// A MetadataStore in memory, for tests: everything is gone with it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "proto/base/mutex.h"
#include "storage/metadata/watch_list.h"
#include "storage/metadata_store.h"

namespace strata::storage {

class MemoryMetadataStore : public MetadataStore {
 public:
  Result<std::optional<VersionedValue>> Get(std::string_view key) override;
  Result<std::vector<VersionedValue>> Range(std::string_view prefix) override;
  Result<std::int64_t> Commit(const MetadataTransaction& transaction) override;
  std::uint64_t Watch(std::string prefix,
                      std::function<void(const MetadataChange&)> changed) override;
  void Unwatch(std::uint64_t ticket) override;

 private:
  std::int64_t VersionOf(const std::string& key);
  void Apply(const std::vector<MetadataChange>& changes);

  WatchList watches_;

  // One transaction at a time, until its watchers know. Taken before entries_mutex_.
  Mutex commit_mutex_;
  std::int64_t revision_ STRATA_GUARDED_BY(commit_mutex_) = 0;

  Mutex entries_mutex_;
  std::map<std::string, VersionedValue, std::less<>> entries_ STRATA_GUARDED_BY(entries_mutex_);
};

}  // namespace strata::storage
