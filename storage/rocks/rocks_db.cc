#include "storage/rocks/rocks_db.h"

#include <cstdlib>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "proto/base/mutex.h"
#include "storage/rocks/internal.h"
#include "storage/rocks/log_guard.h"
#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_file_system.h"
#include "storage/rocks/synced_marks.h"

namespace strata::storage {

struct RocksDb::Impl {
  // Constant after construction.
  RocksDbOptions options;
  std::unique_ptr<SyncedMarks> marks;  // of a truth
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;

  Mutex mutex;
  std::optional<Error> failure STRATA_GUARDED_BY(mutex);  // of the first write that failed

  bool truth() const { return options.kind == RocksDbOptions::Kind::kTruth; }

  Result<void> Write(RocksBatch& batch, bool sync) {
    STRATA_TRY(CheckHealth());
    rocksdb::WriteOptions how;
    how.disableWAL = !truth();
    how.sync = truth() && sync;
    return Outcome(db->Write(how, &batch.contents()), "write");
  }

  // Whether it was the end of the family that ended a scan.
  Result<void> ReadTo(const rocksdb::Iterator& end) const {
    if (end.status().ok()) return Ok();
    return Fail(ToError(end.status(), "read", options.directory));
  }

  Result<void> CheckHealth() {
    MutexLock lock(mutex);
    if (!failure) return Ok();
    return Fail(ErrorCode::IO_ERROR, "not written after an earlier failure: " + failure->message);
  }

  Result<void> Outcome(const rocksdb::Status& status, std::string_view operation) {
    if (status.ok()) return Ok();
    Error error = ToError(status, operation, options.directory);
    MutexLock lock(mutex);
    if (!failure) failure = error;
    return Fail(std::move(error));
  }
};

namespace {

// A database that should be there and is not, or not whole, is as bad as one with wrong checksums.
Error OpenError(const rocksdb::Status& status, const RocksDbOptions& options) {
  Error error = ToError(status, "open", options.directory);
  const bool missing = status.IsInvalidArgument() || status.IsNotFound();
  // A path that is not found is named by a file that is there.
  const bool not_whole = status.IsPathNotFound();
  if (not_whole || (missing && !options.create)) error.code = ErrorCode::CORRUPT_LOG;
  return error;
}

// Makes the logs of a truth whole. Nothing if it is not there at all, or is not to be touched.
Result<std::unique_ptr<SyncedMarks>> Repair(const RocksDbOptions& options) {
  STRATA_TRY_ASSIGN(const bool exists, options.file_system->Exists(options.directory));
  if (!exists) return nullptr;
  if (options.read_only) {
    if (!options.salvage) STRATA_TRY(CheckRecordLogs(*options.file_system, options.directory));
    return nullptr;
  }
  STRATA_TRY_ASSIGN(auto marks, RepairRecordLogs(*options.file_system, options.directory));
  return SyncedMarks::Open(*options.file_system, options.directory, std::move(marks));
}

rocksdb::Status OpenIn(const RocksDbOptions& options, const rocksdb::Options& chosen,
                       const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                       std::vector<rocksdb::ColumnFamilyHandle*>* handles, rocksdb::DB** db) {
  if (!options.read_only) {
    return rocksdb::DB::Open(chosen, options.directory, families, handles, db);
  }
  return rocksdb::DB::OpenForReadOnly(chosen, options.directory, families, handles, db);
}

}  // namespace

RocksDb::RocksDb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RocksDb::~RocksDb() {
  for (auto* handle : impl_->handles) impl_->db->DestroyColumnFamilyHandle(handle);
  impl_->db->Close().PermitUncheckedError();
}

Result<std::unique_ptr<RocksDb>> RocksDb::Open(const RocksDbOptions& options) {
  if (options.create) STRATA_TRY(options.file_system->CreateDirectories(options.directory));
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  if (impl->truth()) {
    STRATA_TRY_ASSIGN(impl->marks, Repair(options));
  }
  impl->env = MakeRocksEnv(*options.file_system, impl->marks.get());
  const rocksdb::Options chosen = ChooseOptions(options, *impl->env);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, chosen);
  for (const std::string& name : options.families) families.emplace_back(name, chosen);

  rocksdb::DB* db = nullptr;
  const auto status = OpenIn(options, chosen, families, &impl->handles, &db);
  if (!status.ok()) return Fail(OpenError(status, options));
  impl->db.reset(db);
  return std::unique_ptr<RocksDb>(new RocksDb(std::move(impl)));
}

RocksFamily RocksDb::Family(std::string_view name) const {
  for (auto* handle : impl_->handles) {
    if (handle->GetName() == name) return RocksFamily(handle);
  }
  std::abort();  // the caller's mistake: Open was not given this family
}

Result<std::optional<std::string>> RocksDb::Get(RocksFamily family, std::string_view key) const {
  std::string value;
  const auto status = impl_->db->Get(rocksdb::ReadOptions(), family.handle(), ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Fail(ToError(status, "read", impl_->options.directory));
  return value;
}

Result<std::optional<RocksEntry>> RocksDb::FindAtOrBefore(RocksFamily family,
                                                          std::string_view key) const {
  const std::unique_ptr<rocksdb::Iterator> entry(
      impl_->db->NewIterator(rocksdb::ReadOptions(), family.handle()));
  entry->SeekForPrev(ToSlice(key));
  if (entry->Valid()) return RocksEntry{entry->key().ToString(), entry->value().ToString()};
  if (!entry->status().ok()) {
    return Fail(ToError(entry->status(), "read", impl_->options.directory));
  }
  return std::nullopt;
}

Result<void> RocksDb::Scan(RocksFamily family, std::string_view begin, std::string_view end,
                           const Visitor& visit) const {
  const rocksdb::Slice upper_bound = ToSlice(end);
  rocksdb::ReadOptions options;
  if (!end.empty()) options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> entry(impl_->db->NewIterator(options, family.handle()));
  for (entry->Seek(ToSlice(begin)); entry->Valid(); entry->Next()) {
    if (!visit(ToView(entry->key()), ToView(entry->value()))) return Ok();
  }
  return impl_->ReadTo(*entry);
}

Result<void> RocksDb::ScanBackwards(RocksFamily family, const Visitor& visit) const {
  const std::unique_ptr<rocksdb::Iterator> entry(
      impl_->db->NewIterator(rocksdb::ReadOptions(), family.handle()));
  for (entry->SeekToLast(); entry->Valid(); entry->Prev()) {
    if (!visit(ToView(entry->key()), ToView(entry->value()))) return Ok();
  }
  return impl_->ReadTo(*entry);
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
  STRATA_TRY(impl_->CheckHealth());
  if (impl_->truth()) return impl_->Outcome(impl_->db->SyncWAL(), "sync");
  return impl_->Outcome(impl_->db->Flush(rocksdb::FlushOptions(), impl_->handles), "sync");
}

std::string PrefixEnd(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace strata::storage
