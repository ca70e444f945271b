#include "storage/rocks/rocks_repair.h"

#include <memory>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "storage/io/file_system.h"
#include "storage/rocks/internal.h"
#include "storage/rocks/record_log.h"
#include "storage/rocks/rocks_file_system.h"
#include "storage/rocks/synced_marks.h"

namespace strata::storage {
namespace {

// File numbers far above those that a database reaches.
constexpr int kFirstSeedNumber = 900'000;

class TruthRepair {
 public:
  TruthRepair(const std::string& directory, const std::vector<std::string>& families,
              const std::string& scratch)
      : directory_(directory), scratch_(scratch) {
    RocksDbOptions wanted;
    wanted.directory = directory;
    wanted.create = true;
    options_ = ChooseOptions(wanted, *env_);
    families_.emplace_back(rocksdb::kDefaultColumnFamilyName, options_);
    for (const std::string& family : families) families_.emplace_back(family, options_);
  }

  Result<std::vector<DamagedLog>> Run() {
    STRATA_TRY(files_.CreateDirectories(scratch_));
    STRATA_TRY(MakeSeeds());
    STRATA_TRY(MoveLogsAway());
    STRATA_TRY(Check(rocksdb::RepairDB(directory_, options_, families_), "repair", directory_));
    STRATA_TRY(CopyLogsBack());
    // What was noted speaks of the logs as they were.
    STRATA_TRY(SyncedMarks::Open(files_, directory_, {}));
    STRATA_TRY(files_.RemoveTree(scratch_));
    return std::move(damaged_);
  }

 private:
  static Result<void> Check(const rocksdb::Status& status, std::string_view operation,
                            const std::string& directory) {
    if (!status.ok()) return Fail(ToError(status, operation, directory));
    return Ok();
  }

  // Each family gets a table that is as old as can be, from a database that numbers its families
  // alike.
  Result<void> MakeSeeds() {
    const std::string seeds = scratch_ + "/seeds";
    STRATA_TRY(files_.CreateDirectories(seeds));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    STRATA_TRY(
        Check(rocksdb::DB::Open(options_, seeds, families_, &handles, &opened), "make", seeds));
    const std::unique_ptr<rocksdb::DB> database(opened);
    rocksdb::Status status;
    for (rocksdb::ColumnFamilyHandle* const family : handles) {
      if (status.ok()) status = MakeSeed(*database, family);
      database->DestroyColumnFamilyHandle(family);
    }
    STRATA_TRY(Check(status, "write", seeds));
    std::vector<rocksdb::LiveFileMetaData> tables;
    database->GetLiveFilesMetaData(&tables);
    STRATA_TRY(Check(database->Close(), "close", seeds));
    int number = kFirstSeedNumber;
    for (const auto& table : tables) {
      STRATA_TRY(
          files_.Rename(seeds + table.name, directory_ + "/" + std::to_string(number++) + ".sst"));
    }
    return Ok();
  }

  // What reaches the last level loses its sequence number.
  static rocksdb::Status MakeSeed(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* family) {
    auto status = database.Put(rocksdb::WriteOptions(), family, kRepairSeedKey, "");
    if (!status.ok()) return status;
    status = database.Flush(rocksdb::FlushOptions(), family);
    if (!status.ok()) return status;
    rocksdb::CompactRangeOptions everything;
    everything.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    return database.CompactRange(everything, family, nullptr, nullptr);
  }

  Result<void> MoveLogsAway() {
    STRATA_TRY_ASSIGN(const auto names, files_.List(directory_));
    for (const std::string& name : names) {
      if (!name.ends_with(".log")) continue;
      STRATA_TRY(files_.Rename(directory_ + "/" + name, scratch_ + "/" + name));
    }
    return Ok();
  }

  Result<void> CopyLogsBack() {
    STRATA_TRY_ASSIGN(const auto names, files_.List(scratch_));
    for (const std::string& name : names) {
      if (!name.ends_with(".log")) continue;
      STRATA_TRY_ASSIGN(const auto from,
                        files_.Open(scratch_ + "/" + name, FileSystem::OpenMode::kReadOnly));
      STRATA_TRY_ASSIGN(const auto to,
                        files_.Open(directory_ + "/" + name, FileSystem::OpenMode::kCreate));
      STRATA_TRY_ASSIGN(const auto damaged, CopyWholeRecords(*from, *to));
      for (const DamagedPart& part : damaged) damaged_.push_back({name, part});
    }
    return Ok();
  }

  FileSystem& files_ = FileSystem::Real();
  const std::string directory_;
  const std::string scratch_;
  const std::unique_ptr<rocksdb::Env> env_ = MakeRocksEnv(files_, /*marks=*/nullptr);
  rocksdb::Options options_;
  std::vector<rocksdb::ColumnFamilyDescriptor> families_;
  std::vector<DamagedLog> damaged_;
};

}  // namespace

Result<std::vector<DamagedLog>> RepairTruth(const std::string& directory,
                                            const std::vector<std::string>& families,
                                            const std::string& scratch) {
  return TruthRepair(directory, families, scratch).Run();
}

}  // namespace strata::storage
