// What the log benchmarks share: a store in a directory of its own, and batches of 100 B records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "proto/batch/record_batch.h"
#include "storage/log/local_log_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::bench {

// Lives below $TMPDIR, which must name the disk that is meant.
class BenchLogs {
 public:
  explicit BenchLogs(storage::LocalLogStoreOptions options = {}) : options_(std::move(options)) {
    options_.data_dir = (std::filesystem::temp_directory_path() / "strata-log-bench").string();
    std::filesystem::remove_all(options_.data_dir);
    std::filesystem::create_directories(options_.data_dir);
    Start();
  }

  ~BenchLogs() {
    Stop();
    std::filesystem::remove_all(options_.data_dir);
  }

  void Start() {
    using Kind = storage::RocksDbOptions::Kind;
    state_ = OpenDatabase("meta", Kind::kTruth, storage::kLogStateFamily);
    index_ = OpenDatabase("index", Kind::kIndex, storage::kOffsetIndexFamily);
    options_.state = state_.get();
    options_.index = index_.get();
    store_ = storage::OpenLocalLogStore(options_).value();
  }

  // Without closing the store first, this is like a crash of the process.
  void Stop() {
    store_.reset();
    state_.reset();
    index_.reset();
  }

  storage::LogStore& store() { return *store_; }

 private:
  std::unique_ptr<storage::RocksDb> OpenDatabase(const std::string& name,
                                                 storage::RocksDbOptions::Kind kind,
                                                 const std::string& family) const {
    return storage::RocksDb::Open({options_.data_dir + "/" + name, kind, {family}, true}).value();
  }

  storage::LocalLogStoreOptions options_;
  std::unique_ptr<storage::RocksDb> state_;
  std::unique_ptr<storage::RocksDb> index_;
  std::unique_ptr<storage::LogStore> store_;
};

inline constexpr std::size_t kRecordBytes = 100;

// A batch of about `bytes` bytes, in records of 100 B.
inline std::string BatchOfBytes(std::size_t bytes) {
  const std::string value(kRecordBytes, 'v');
  RecordBatchBuilder builder;
  while (builder.uncompressed_bytes() < bytes) {
    RecordView record;
    record.value = value;
    record.timestamp_ms = 1'700'000'000'000;
    builder.Add(record);
  }
  return builder.Finish();
}

}  // namespace strata::bench
