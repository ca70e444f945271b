#include "storage/rocks/opened_rocks.h"

#include <string>
#include <utility>

#include "storage/rocks/internal.h"
#include "storage/rocks/log_guard.h"
#include "storage/rocks/rocks_file_system.h"

namespace strata::storage {

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

Result<std::unique_ptr<OpenedRocks>> OpenedRocks::Open(const RocksDbOptions& options) {
  if (options.create) STRATA_TRY(options.file_system->CreateDirectories(options.directory));
  std::unique_ptr<OpenedRocks> opened(new OpenedRocks());
  if (options.kind == RocksDbOptions::Kind::kTruth) {
    STRATA_TRY_ASSIGN(opened->marks_, Repair(options));
  }
  opened->env_ = MakeRocksEnv(*options.file_system, opened->marks_.get());
  const rocksdb::Options chosen = ChooseOptions(options, *opened->env_);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, chosen);
  for (const std::string& name : options.families) families.emplace_back(name, chosen);

  rocksdb::DB* db = nullptr;
  const auto status = OpenIn(options, chosen, families, &opened->handles_, &db);
  if (!status.ok()) return Fail(OpenError(status, options));
  opened->db_.reset(db);
  return opened;
}

OpenedRocks::~OpenedRocks() {
  if (!db_) return;
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  db_->Close().PermitUncheckedError();
}

}  // namespace strata::storage
