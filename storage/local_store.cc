#include "storage/local_store.h"

#include <filesystem>
#include <utility>

#include <spdlog/spdlog.h>

#include "storage/cursors/cursor_codec.h"
#include "storage/cursors/rocks_cursor_table.h"
#include "storage/data_directory.h"
#include "storage/log/local_log_store.h"
#include "storage/metadata/metadata_codec.h"
#include "storage/metadata/rocks_metadata_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

namespace {

Result<std::unique_ptr<RocksDb>> OpenTruth(FileSystem& file_system,
                                           const DataDirectory& directory) {
  RocksDbOptions options;
  options.directory = directory.PathOf("meta");
  options.kind = RocksDbOptions::Kind::kTruth;
  options.families = {kMetadataFamily, kCursorFamily, kLogStateFamily};
  options.create = directory.fresh();
  options.file_system = &file_system;
  auto db = RocksDb::Open(options);
  if (!db && db.error().code == ErrorCode::CORRUPT_LOG) {
    return Fail(ErrorCode::CORRUPT_LOG,
                "what the broker knows of topics, groups and logs is damaged or missing; it was "
                "left as it is: " +
                    db.error().message);
  }
  return db;
}

Result<void> DeleteFailedIndex(FileSystem& file_system, const DataDirectory& directory) {
  const std::string marker = directory.PathOf(kIndexFailedFile);
  STRATA_TRY_ASSIGN(const bool failed, file_system.Exists(marker));
  if (!failed) return Ok();
  spdlog::warn("the offset index has failed in the last run; building it anew");
  STRATA_TRY(file_system.RemoveTree(directory.PathOf("index")));
  return file_system.RemoveFile(marker);
}

// The index can be made anew at any time, so a damaged one is no reason not to start.
Result<std::unique_ptr<RocksDb>> OpenIndex(FileSystem& file_system,
                                           const DataDirectory& directory) {
  RocksDbOptions options;
  options.directory = directory.PathOf("index");
  STRATA_TRY(DeleteFailedIndex(file_system, directory));
  options.kind = RocksDbOptions::Kind::kIndex;
  options.families = {kOffsetIndexFamily};
  options.create = true;
  options.file_system = &file_system;
  auto db = RocksDb::Open(options);
  if (db || db.error().code != ErrorCode::CORRUPT_LOG) return db;
  spdlog::warn("{}; building the offset index anew", db.error().message);
  STRATA_TRY(file_system.RemoveTree(options.directory));
  return RocksDb::Open(options);
}

// Everything below a closed store, in the order in which it is opened; closed in reverse.
struct Parts {
  explicit Parts(DataDirectory opened) : directory(std::move(opened)) {}

  DataDirectory directory;
  std::unique_ptr<RocksDb> truth;
  std::unique_ptr<RocksDb> index;
  std::unique_ptr<MetadataStore> metadata;
  std::unique_ptr<CursorStore> cursors;
  std::unique_ptr<LogStore> logs;
};

Result<void> OpenStores(const LocalStoreOptions& options, Parts& parts) {
  STRATA_TRY_ASSIGN(parts.truth, OpenTruth(*options.file_system, parts.directory));
  STRATA_TRY_ASSIGN(parts.index, OpenIndex(*options.file_system, parts.directory));
  const bool fresh = parts.directory.fresh();
  if (fresh) STRATA_TRY(parts.directory.FinishMaking());
  spdlog::info("{} '{}'", fresh ? "made the data directory" : "opening the data directory",
               std::filesystem::absolute(options.data_dir).string());
  STRATA_TRY_ASSIGN(parts.metadata,
                    RocksMetadataStore::Open(*parts.truth, parts.truth->Family(kMetadataFamily)));
  STRATA_TRY_ASSIGN(parts.cursors,
                    OpenRocksCursorStore(*parts.truth, parts.truth->Family(kCursorFamily)));
  LocalLogStoreOptions logs;
  logs.data_dir = options.data_dir;
  logs.state = parts.truth.get();
  logs.index = parts.index.get();
  logs.file_system = options.file_system;
  logs.writers = options.log_writers;
  logs.tail_cache_bytes = options.tail_cache_bytes;
  logs.max_queued_bytes = options.max_queued_bytes;
  logs.disk_reserve_bytes = options.disk_reserve_bytes;
  logs.note_interval = options.stable_note_interval;
  logs.producer_limits = options.producer_limits;
  logs.cleanup_interval = options.cleanup_interval;
  logs.compaction_map_bytes = options.compaction_map_bytes;
  STRATA_TRY_ASSIGN(parts.logs, OpenLocalLogStore(logs));
  return Ok();
}

class OpenedLocalStore : public LocalStore {
 public:
  explicit OpenedLocalStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
  ~OpenedLocalStore() override { (void)Close(); }

  MetadataStore& metadata() override { return *parts_->metadata; }
  CursorStore& cursors() override { return *parts_->cursors; }
  LogStore& logs() override { return *parts_->logs; }

  Result<void> truth_health() const override { return parts_->truth->health(); }
  Result<void> MendTruth() override { return parts_->truth->Reopen(); }

  Result<void> Close() override {
    if (!parts_) return Ok();
    // Both are told, whatever the first one says; cursors are noted in the truth too, so both must
    // be done before it goes.
    Result<void> logs = parts_->logs->Close();
    Result<void> cursors = parts_->cursors->Close();
    parts_.reset();
    return logs ? cursors : logs;
  }

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::Open(const LocalStoreOptions& options) {
  STRATA_TRY_ASSIGN(auto directory, DataDirectory::Open(*options.file_system, options.data_dir));
  auto parts = std::make_unique<Parts>(std::move(directory));
  STRATA_TRY(OpenStores(options, *parts));
  return std::make_unique<OpenedLocalStore>(std::move(parts));
}

}  // namespace strata::storage
