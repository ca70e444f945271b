#include "storage/metadata/rocks_metadata_store.h"

#include <utility>

#include "storage/encoding/quote.h"
#include "storage/metadata/commit_plan.h"
#include "storage/metadata/metadata_codec.h"
#include "storage/rocks/rocks_batch.h"

namespace strata::storage {

namespace {

tl::unexpected<Error> Damaged(std::string_view key) {
  return Fail(ErrorCode::CORRUPT_LOG, "the metadata under the key " + Quote(key) + " is damaged");
}

Result<std::int64_t> LoadRevision(const RocksDb& db, RocksFamily family) {
  STRATA_TRY_ASSIGN(const auto bytes, db.Get(family, EncodeRevisionKey()));
  if (bytes) {
    const auto revision = DecodeRevision(*bytes);
    if (!revision) return Fail(ErrorCode::CORRUPT_LOG, "the revision of the metadata is damaged");
    return *revision;
  }
  bool empty = true;
  STRATA_TRY(db.ScanPrefix(family, "", [&](auto, auto) { return empty = false; }));
  if (!empty) return Fail(ErrorCode::CORRUPT_LOG, "the revision of the metadata is missing");
  return 0;
}

}  // namespace

Result<std::unique_ptr<MetadataStore>> RocksMetadataStore::Open(RocksDb& db, RocksFamily family) {
  STRATA_TRY_ASSIGN(const std::int64_t revision, LoadRevision(db, family));
  return std::make_unique<RocksMetadataStore>(db, family, revision);
}

RocksMetadataStore::RocksMetadataStore(RocksDb& db, RocksFamily family, std::int64_t revision)
    : db_(db), family_(family), revision_(revision) {}

Result<std::optional<VersionedValue>> RocksMetadataStore::Get(std::string_view key) {
  STRATA_TRY_ASSIGN(const auto bytes, db_.Get(family_, EncodeMetadataKey(key)));
  if (!bytes) return std::nullopt;
  auto entry = DecodeMetadataValue(key, *bytes);
  if (!entry) return Damaged(key);
  return entry;
}

Result<std::vector<VersionedValue>> RocksMetadataStore::Range(std::string_view prefix) {
  std::vector<VersionedValue> found;
  std::optional<std::string> damaged;
  STRATA_TRY(db_.ScanPrefix(family_, EncodeMetadataKey(prefix), [&](auto encoded, auto bytes) {
    const std::string_view key = DecodeMetadataKey(encoded);
    auto entry = DecodeMetadataValue(key, bytes);
    if (entry) {
      found.push_back(std::move(*entry));
    } else {
      damaged = key;
    }
    return !damaged;
  }));
  if (damaged) return Damaged(*damaged);
  return found;
}

Result<std::int64_t> RocksMetadataStore::Commit(const MetadataTransaction& transaction) {
  MutexLock lock(commit_mutex_);
  const std::int64_t next = revision_ + 1;
  STRATA_TRY_ASSIGN(
      const auto changes,
      PlanCommit(transaction, next, [this](const std::string& key) { return VersionOf(key); }));
  if (transaction.writes.empty()) return revision_;
  STRATA_TRY(Write(changes, next));
  revision_ = next;
  watches_.Notify(changes);
  return next;
}

std::uint64_t RocksMetadataStore::Watch(std::string prefix,
                                        std::function<void(const MetadataChange&)> changed) {
  return watches_.Add(std::move(prefix), std::move(changed));
}

void RocksMetadataStore::Unwatch(std::uint64_t ticket) {
  watches_.Remove(ticket);
}

Result<std::int64_t> RocksMetadataStore::VersionOf(const std::string& key) {
  STRATA_TRY_ASSIGN(const auto entry, Get(key));
  return entry ? entry->version : 0;
}

Result<void> RocksMetadataStore::Write(const std::vector<MetadataChange>& changes,
                                       std::int64_t revision) {
  RocksBatch batch;
  for (const MetadataChange& change : changes) {
    const std::string key = EncodeMetadataKey(change.key);
    if (change.value) {
      batch.Put(family_, key, EncodeMetadataValue(change.version, *change.value));
    } else {
      batch.Delete(family_, key);
    }
  }
  batch.Put(family_, EncodeRevisionKey(), EncodeRevision(revision));
  return db_.Write(batch, /*sync=*/true);
}

}  // namespace strata::storage
