#include "storage/rocks/rocks_file.h"

#include "storage/rocks/internal.h"

namespace strata::storage {

namespace {

rocksdb::IOStatus ReadAt(const File& file, std::int64_t position, std::size_t count,
                         rocksdb::Slice* result, char* scratch) {
  const Result<std::size_t> got = file.Read(position, scratch, count);
  *result = rocksdb::Slice(scratch, got.value_or(0));
  return got ? rocksdb::IOStatus::OK() : ToIoStatus(got.error());
}

}  // namespace

rocksdb::IOStatus ToIoStatus(const Error& error) {
  if (error.code == ErrorCode::DISK_FULL) return rocksdb::IOStatus::NoSpace(error.message);
  if (error.code == ErrorCode::CORRUPT_LOG) return rocksdb::IOStatus::Corruption(error.message);
  return rocksdb::IOStatus::IOError(error.message);
}

rocksdb::IOStatus ToIoStatus(const Result<void>& result) {
  return result ? rocksdb::IOStatus::OK() : ToIoStatus(result.error());
}

rocksdb::IOStatus RocksWritableFile::Append(const rocksdb::Slice& data, const rocksdb::IOOptions&,
                                            rocksdb::IODebugContext*) {
  const std::string_view fragment = ToView(data);
  const Result<void> written = file_->Write(size_, std::span(&fragment, 1));
  if (written) size_ += static_cast<std::int64_t>(data.size());
  return ToIoStatus(written);
}

rocksdb::IOStatus RocksWritableFile::Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  file_.reset();
  return rocksdb::IOStatus::OK();
}

rocksdb::IOStatus RocksWritableFile::Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  return rocksdb::IOStatus::OK();
}

rocksdb::IOStatus RocksWritableFile::Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  const std::int64_t covered = size_;
  Result<void> synced = file_->Sync();
  if (synced && on_synced_) synced = on_synced_(covered);
  return ToIoStatus(synced);
}

std::uint64_t RocksWritableFile::GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  return static_cast<std::uint64_t>(size_);
}

rocksdb::IOStatus RocksSequentialFile::Read(std::size_t count, const rocksdb::IOOptions&,
                                            rocksdb::Slice* result, char* scratch,
                                            rocksdb::IODebugContext*) {
  const rocksdb::IOStatus status = ReadAt(*file_, position_, count, result, scratch);
  position_ += static_cast<std::int64_t>(result->size());
  return status;
}

rocksdb::IOStatus RocksSequentialFile::Skip(std::uint64_t count) {
  position_ += static_cast<std::int64_t>(count);
  return rocksdb::IOStatus::OK();
}

rocksdb::IOStatus RocksRandomAccessFile::Read(std::uint64_t position, std::size_t count,
                                              const rocksdb::IOOptions&, rocksdb::Slice* result,
                                              char* scratch, rocksdb::IODebugContext*) const {
  return ReadAt(*file_, static_cast<std::int64_t>(position), count, result, scratch);
}

}  // namespace strata::storage
