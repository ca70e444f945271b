#include <rocksdb/cache.h>
#include <rocksdb/table.h>

#include "storage/rocks/internal.h"

namespace strata::storage {

namespace {

// A broker without load is to stay below 40 MB in all, on a machine of two cores.
constexpr std::size_t kWriteBufferBytes = 4 << 20;
constexpr std::size_t kAllWriteBuffersBytes = 8 << 20;
constexpr std::size_t kMaxLogBytes = 16 << 20;
constexpr std::size_t kTruthCacheBytes = 2 << 20;
constexpr std::size_t kIndexCacheBytes = 8 << 20;
constexpr int kMaxOpenTablesOfIndex = 64;
constexpr int kAllTables = -1;

rocksdb::BlockBasedTableOptions ChooseTableOptions(bool truth) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(truth ? kTruthCacheBytes : kIndexCacheBytes);
  table.cache_index_and_filter_blocks = true;
  table.checksum = rocksdb::kCRC32c;  // table_check.h knows it
  // The places of a table's blocks are kept in blocks of a few KiB, too. In one piece they are more
  // than a shard of the cache takes from tables of some 40 MiB on, and read for each look-up.
  if (!truth) table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  return table;
}

void BoundResources(rocksdb::Options& options) {
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 1;
  options.write_buffer_size = kWriteBufferBytes;
  options.db_write_buffer_size = kAllWriteBuffersBytes;
}

void SwitchOffStatistics(rocksdb::Options& options) {
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
}

}  // namespace

rocksdb::Options ChooseOptions(const RocksDbOptions& wanted, rocksdb::Env& env) {
  const bool truth = wanted.kind == RocksDbOptions::Kind::kTruth;
  rocksdb::Options options;
  options.env = &env;
  options.create_if_missing = wanted.create;
  options.create_missing_column_families = wanted.create;
  options.info_log = MakeLogger(wanted.directory);
  options.compression = rocksdb::kNoCompression;
  options.paranoid_checks = true;
  // Nothing is written again behind our back after the disk has failed once.
  options.max_bgerror_resume_count = 0;
  // What a crash leaves at the end of a log has been cut off by now (log_guard.h); the default
  // would go back to the moment before any damage.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  // It is still there if nothing may be cut, and then reading has to end where it begins.
  if (wanted.read_only) {
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  }
  if (wanted.salvage) {
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  }
  options.max_total_wal_size = kMaxLogBytes;
  options.atomic_flush = !truth;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(ChooseTableOptions(truth)));
  BoundResources(options);
  // All of the truth, which is small, is looked at when it is opened: damage is told then.
  options.max_open_files = truth ? kAllTables : kMaxOpenTablesOfIndex;
  SwitchOffStatistics(options);
  return options;
}

}  // namespace strata::storage
