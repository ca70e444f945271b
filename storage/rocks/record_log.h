// Walks a file in RocksDB's log format, in which it keeps its write-ahead logs and its manifests,
// and finds where what is whole ends. The format is public:
// https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format
//
//     file   := block*                       of 32 KiB, the last one shorter
//     block  := piece* zeros                 fewer than 7 bytes of zeros
//     piece  := crc (u32, CRC-32C over type and data, masked) size (u16) type (u8) data
//     record := full | first middle* last    (types 1 to 4)
//
// All numbers are little-endian. Records do not end with a block, and may span many.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// The position behind the last record before anything that is not one: the end of the file if all
// is well. IO_ERROR.
Result<std::int64_t> EndOfWholeRecords(const File& file);

// For a write-ahead log: the position of the first write whose changes are numbered above
// `sequence`; nothing if it holds none before its whole records end. IO_ERROR.
Result<std::optional<std::int64_t>> BeginOfWritesAfter(const File& file, std::uint64_t sequence);

// Bytes of such a file that are no piece of a record.
struct DamagedPart {
  std::int64_t position = 0;
  std::int64_t bytes = 0;

  bool operator==(const DamagedPart&) const = default;
};

// Writes all whole records of `from` into `to`, which is empty: also those behind what is damaged.
// Returns what was damaged, in order; the records of which a piece lay there are lost. IO_ERROR,
// DISK_FULL.
Result<std::vector<DamagedPart>> CopyWholeRecords(const File& from, File& to);

}  // namespace strata::storage
