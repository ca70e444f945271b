#include "storage/rocks/rocks_db.h"

#include <cstdlib>
#include <utility>

#include <rocksdb/db.h>
#include <spdlog/spdlog.h>

#include "proto/base/mutex.h"
#include "storage/rocks/disk_probe.h"
#include "storage/rocks/internal.h"
#include "storage/rocks/log_guard.h"
#include "storage/rocks/opened_rocks.h"
#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_family.h"

namespace strata::storage {

class RocksDb::Impl {
 public:
  Impl(RocksDbOptions options, std::unique_ptr<OpenedRocks> opened)
      : options_(std::move(options)), opened_(std::move(opened)) {
    const auto& handles = opened_->handles();
    for (std::size_t i = 0; i < handles.size(); ++i) {
      families_.push_back(std::make_unique<FamilyName>(*handles[i], i));
    }
  }

  rocksdb::ColumnFamilyHandle* FindFamily(std::string_view name) const {
    for (const auto& family : families_) {
      if (family->GetName() == name) return family.get();
    }
    return nullptr;
  }

  // Calls `read` with the database and its handle of the family.
  template <class Read>
  auto Reading(RocksFamily family, const Read& read)
      -> decltype(read(std::declval<rocksdb::DB&>(),
                       std::declval<rocksdb::ColumnFamilyHandle*>())) {
    SharedLock lock(opened_mutex_);
    if (!opened_) return Fail(NotOpen());
    return read(opened_->db(), opened_->handles()[FamilyName::PositionOf(family)]);
  }

  Result<void> Write(RocksBatch& batch, bool sync) {
    rocksdb::WriteOptions how;
    how.disableWAL = !truth();
    how.sync = truth() && sync;
    return Change("write",
                  [&](OpenedRocks& opened) { return opened.db().Write(how, &batch.contents()); });
  }

  Result<void> Sync() {
    return Change("sync", [&](OpenedRocks& opened) {
      if (truth()) return opened.db().SyncWAL();
      return opened.db().Flush(rocksdb::FlushOptions(), opened.handles());
    });
  }

  Result<void> health() const {
    MutexLock lock(failure_mutex_);
    if (!failure_) return Ok();
    return Fail(*failure_);
  }

  Result<void> Reopen() {
    if (!truth() || health()) return Ok();
    STRATA_TRY(CheckCanReopen(*options_.file_system, options_.directory));
    ExclusiveLock lock(opened_mutex_);
    if (health()) return Ok();  // somebody else has done it
    STRATA_TRY(OpenAnew());
    spdlog::info("the database '{}' has been opened anew and takes writes again",
                 options_.directory);
    MutexLock failure_lock(failure_mutex_);
    failure_.reset();
    return Ok();
  }

  Error ReadError(const rocksdb::Status& status) const {
    return ToError(status, "read", options_.directory);
  }

 private:
  bool truth() const { return options_.kind == RocksDbOptions::Kind::kTruth; }

  template <class Do>
  Result<void> Change(std::string_view operation, const Do& change) {
    SharedLock lock(opened_mutex_);
    if (const auto well = health(); !well) {
      return Fail(well.error().code, "refused after an earlier failure: " + well.error().message);
    }
    const rocksdb::Status status = change(*opened_);
    if (status.ok()) return Ok();
    Error error = ToError(status, operation, options_.directory);
    NoteFailure(error);
    return Fail(std::move(error));
  }

  void NoteFailure(const Error& error) {
    MutexLock lock(failure_mutex_);
    if (failure_) return;
    failure_ = error;
    if (!truth()) return;
    spdlog::error("{}; it refuses all changes until it has been opened anew", error.message);
  }

  Result<void> OpenAnew() STRATA_REQUIRES(opened_mutex_) {
    if (opened_) last_sequence_ = opened_->db().GetLatestSequenceNumber();
    const bool could_be_read = opened_ != nullptr;
    opened_.reset();
    const Result<void> done = TryOpenAnew();
    if (!done && could_be_read) {
      spdlog::error("{}; it cannot be read either until that works", done.error().message);
    }
    return done;
  }

  Result<void> TryOpenAnew() STRATA_REQUIRES(opened_mutex_) {
    STRATA_TRY(CutWritesAfter(*options_.file_system, options_.directory, last_sequence_));
    RocksDbOptions options = options_;
    options.create = false;
    STRATA_TRY_ASSIGN(opened_, OpenedRocks::Open(options));
    return Ok();
  }

  Error NotOpen() const {
    return {ErrorCode::IO_ERROR, "the database '" + options_.directory +
                                     "' could not be opened again after a failure; it is tried"};
  }

  // Constant after construction.
  const RocksDbOptions options_;
  std::vector<std::unique_ptr<FamilyName>> families_;

  // Held by all who use the database; alone by who opens it anew. Taken before failure_mutex_.
  mutable SharedMutex opened_mutex_;
  // Null only after a failure, when it could not be opened again.
  std::unique_ptr<OpenedRocks> opened_ STRATA_GUARDED_BY(opened_mutex_);
  std::uint64_t last_sequence_ STRATA_GUARDED_BY(opened_mutex_) = 0;  // of a closed database

  mutable Mutex failure_mutex_;
  std::optional<Error> failure_ STRATA_GUARDED_BY(failure_mutex_);  // of the first that failed
};

RocksDb::RocksDb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RocksDb::~RocksDb() = default;

Result<std::unique_ptr<RocksDb>> RocksDb::Open(const RocksDbOptions& options) {
  STRATA_TRY_ASSIGN(auto opened, OpenedRocks::Open(options));
  return std::unique_ptr<RocksDb>(new RocksDb(std::make_unique<Impl>(options, std::move(opened))));
}

RocksFamily RocksDb::Family(std::string_view name) const {
  auto* const family = impl_->FindFamily(name);
  if (!family) std::abort();  // the caller's mistake: Open was not given this family
  return RocksFamily(family);
}

Result<std::optional<std::string>> RocksDb::Get(RocksFamily family, std::string_view key) const {
  using Found = Result<std::optional<std::string>>;
  return impl_->Reading(family, [&](rocksdb::DB& db, auto* handle) -> Found {
    std::string value;
    const auto status = db.Get(rocksdb::ReadOptions(), handle, ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return Fail(impl_->ReadError(status));
    return value;
  });
}

Result<std::optional<RocksEntry>> RocksDb::FindAtOrBefore(RocksFamily family,
                                                          std::string_view key) const {
  using Found = Result<std::optional<RocksEntry>>;
  return impl_->Reading(family, [&](rocksdb::DB& db, auto* handle) -> Found {
    const std::unique_ptr<rocksdb::Iterator> entry(db.NewIterator(rocksdb::ReadOptions(), handle));
    entry->SeekForPrev(ToSlice(key));
    if (entry->Valid()) return RocksEntry{entry->key().ToString(), entry->value().ToString()};
    if (!entry->status().ok()) return Fail(impl_->ReadError(entry->status()));
    return std::nullopt;
  });
}

Result<void> RocksDb::Scan(RocksFamily family, std::string_view begin, std::string_view end,
                           const Visitor& visit) const {
  return impl_->Reading(family, [&](rocksdb::DB& db, auto* handle) -> Result<void> {
    const rocksdb::Slice upper_bound = ToSlice(end);
    rocksdb::ReadOptions options;
    if (!end.empty()) options.iterate_upper_bound = &upper_bound;
    const std::unique_ptr<rocksdb::Iterator> entry(db.NewIterator(options, handle));
    for (entry->Seek(ToSlice(begin)); entry->Valid(); entry->Next()) {
      if (!visit(ToView(entry->key()), ToView(entry->value()))) return Ok();
    }
    if (!entry->status().ok()) return Fail(impl_->ReadError(entry->status()));
    return Ok();
  });
}

Result<void> RocksDb::ScanBackwards(RocksFamily family, const Visitor& visit) const {
  return impl_->Reading(family, [&](rocksdb::DB& db, auto* handle) -> Result<void> {
    const std::unique_ptr<rocksdb::Iterator> entry(db.NewIterator(rocksdb::ReadOptions(), handle));
    for (entry->SeekToLast(); entry->Valid(); entry->Prev()) {
      if (!visit(ToView(entry->key()), ToView(entry->value()))) return Ok();
    }
    if (!entry->status().ok()) return Fail(impl_->ReadError(entry->status()));
    return Ok();
  });
}

Result<void> RocksDb::ScanPrefix(RocksFamily family, std::string_view prefix,
                                 const Visitor& visit) const {
  return Scan(family, prefix, PrefixEnd(prefix), visit);
}

Result<void> RocksDb::DeleteRange(RocksFamily family, std::string_view begin, std::string_view end,
                                  RocksBatch* batch) const {
  return Scan(family, begin, end, [&](std::string_view key, std::string_view) {
    batch->Delete(family, key);
    return true;
  });
}

Result<void> RocksDb::Write(RocksBatch& batch, bool sync) {
  return impl_->Write(batch, sync);
}

Result<void> RocksDb::Sync() {
  return impl_->Sync();
}

Result<void> RocksDb::health() const {
  return impl_->health();
}

Result<void> RocksDb::Reopen() {
  return impl_->Reopen();
}

std::string PrefixEnd(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace strata::storage
