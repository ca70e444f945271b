#include "storage/metadata/memory_metadata_store.h"

#include <utility>

#include "storage/metadata/commit_plan.h"

namespace strata::storage {

Result<std::optional<VersionedValue>> MemoryMetadataStore::Get(std::string_view key) {
  MutexLock lock(entries_mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return std::nullopt;
  return entry->second;
}

Result<std::vector<VersionedValue>> MemoryMetadataStore::Range(std::string_view prefix) {
  std::vector<VersionedValue> found;
  MutexLock lock(entries_mutex_);
  for (auto entry = entries_.lower_bound(prefix);
       entry != entries_.end() && entry->first.starts_with(prefix); ++entry) {
    found.push_back(entry->second);
  }
  return found;
}

Result<std::int64_t> MemoryMetadataStore::Commit(const MetadataTransaction& transaction) {
  MutexLock lock(commit_mutex_);
  STRATA_TRY_ASSIGN(const auto changes,
                    PlanCommit(transaction, revision_ + 1, [this](const std::string& key) {
                      return Result<std::int64_t>(VersionOf(key));
                    }));
  if (transaction.writes.empty()) return revision_;
  Apply(changes);
  ++revision_;
  watches_.Notify(changes);
  return revision_;
}

std::uint64_t MemoryMetadataStore::Watch(std::string prefix,
                                         std::function<void(const MetadataChange&)> changed) {
  return watches_.Add(std::move(prefix), std::move(changed));
}

void MemoryMetadataStore::Unwatch(std::uint64_t ticket) {
  watches_.Remove(ticket);
}

std::int64_t MemoryMetadataStore::VersionOf(const std::string& key) {
  MutexLock lock(entries_mutex_);
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? 0 : entry->second.version;
}

void MemoryMetadataStore::Apply(const std::vector<MetadataChange>& changes) {
  MutexLock lock(entries_mutex_);
  for (const MetadataChange& change : changes) {
    if (change.value) {
      entries_.insert_or_assign(change.key,
                                VersionedValue{change.key, *change.value, change.version});
    } else {
      entries_.erase(change.key);
    }
  }
}

}  // namespace strata::storage
