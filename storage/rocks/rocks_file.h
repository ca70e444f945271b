// For the .cc files of this folder alone: RocksDB's kinds of open files over a File.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include <rocksdb/file_system.h>

#include "storage/io/file_system.h"

namespace strata::storage {

// The same error in RocksDB's words. It keeps apart what ToError tells apart again.
rocksdb::IOStatus ToIoStatus(const Result<void>& result);
rocksdb::IOStatus ToIoStatus(const Error& error);

// Written from its beginning to its end, and perhaps synced by another thread meanwhile.
class RocksWritableFile : public rocksdb::FSWritableFile {
 public:
  // Told after each sync how much is on disk.
  using OnSynced = std::function<Result<void>(std::int64_t bytes)>;

  // `on_synced` may be empty.
  RocksWritableFile(const rocksdb::FileOptions& options, std::unique_ptr<File> file,
                    OnSynced on_synced)
      : FSWritableFile(options), file_(std::move(file)), on_synced_(std::move(on_synced)) {}

  using FSWritableFile::Append;

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override;
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override;

 private:
  std::unique_ptr<File> file_;
  const OnSynced on_synced_;
  std::atomic<std::int64_t> size_ = 0;
};

class RocksSequentialFile : public rocksdb::FSSequentialFile {
 public:
  explicit RocksSequentialFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  rocksdb::IOStatus Read(std::size_t count, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Skip(std::uint64_t count) override;

 private:
  const std::unique_ptr<File> file_;
  std::int64_t position_ = 0;
};

class RocksRandomAccessFile : public rocksdb::FSRandomAccessFile {
 public:
  explicit RocksRandomAccessFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  rocksdb::IOStatus Read(std::uint64_t position, std::size_t count,
                         const rocksdb::IOOptions& options, rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) const override;

 private:
  const std::unique_ptr<File> file_;
};

}  // namespace strata::storage
