// The file that a log is being appended to.
//
// Space is reserved ahead of the writes in steps that start small and double, because a write into
// reserved space is flushed several times faster, and ten thousand quiet partitions must not fill a
// disk. So an open segment ends in zeros; a sealed one is cut to its size.
//
// The first write into reserved space makes the file system note at the next sync that there is
// something now (ext4 turns an unwritten extent into a written one), which is one more write to
// wait for: 0.21 ms instead of 0.14 for 5 KiB on the machine of bench/RESULTS.md. A small append
// can pay that for those behind it.
//
// Owned by one thread (a log writer). Readers open the file for themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/disk_reserve.h"

namespace strata::storage {

class Segment {
 public:
  // Makes an empty file, which must not exist. Its directory entry is durable only after
  // SyncDirectory. DISK_FULL, IO_ERROR: there may be an empty file now.
  static Result<Segment> Create(FileSystem& file_system, const std::string& path);

  // Opens a file that holds `size_bytes` bytes of batches, and zeros or nothing behind them.
  // IO_ERROR.
  static Result<Segment> Reopen(FileSystem& file_system, const std::string& path,
                                std::int64_t size_bytes);

  // Makes room for `bytes` more, if there is not enough, without going beyond `limit_bytes` unless
  // `bytes` need it, as far as `reserve` admits. DISK_FULL, IO_ERROR: nothing was written and the
  // segment is as before.
  Result<void> Reserve(std::int64_t bytes, std::int64_t limit_bytes, const DiskReserve& reserve);

  // Whether an append that is small, and not the first since the file was opened, writes zeros into
  // the reserved space behind it, so that the next syncs are faster. A file that is synced together
  // with many others has nothing of it.
  enum class Zeros { kNone, kAhead };

  // Writes behind what is there. After an error the end of the file is unknown: append no more.
  Result<void> Append(std::span<const std::string_view> fragments, std::int64_t bytes, Zeros zeros);

  // What was appended is on disk. After an error nothing is known: append no more.
  Result<void> Sync();

  // Cuts reserved space off and syncs: the file will not change any more.
  Result<void> Seal();

  // Of the batches, without reserved space.
  std::int64_t size_bytes() const { return size_bytes_; }

 private:
  Segment(std::unique_ptr<File> file, std::int64_t size_bytes, std::int64_t reserved_bytes);

  Result<void> Grow(std::int64_t length, const DiskReserve& reserve);
  Result<void> WriteZerosAhead();

  std::unique_ptr<File> file_;
  std::int64_t size_bytes_;
  std::int64_t written_bytes_;   // batches, and zeros that were written behind them
  std::int64_t reserved_bytes_;  // length of the file
  std::int64_t step_bytes_;      // how much the next reservation adds
  bool appended_ = false;        // since it was opened: one append alone is not worth zeros
};

}  // namespace strata::storage
