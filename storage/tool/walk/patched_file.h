// A file on a disk that has gone bad in places. What cannot be read is taken for bytes that nobody
// would write, so that a walk finds damage there, and goes on behind it.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage::tool {

// A stretch of blocks that cannot be read.
struct UnreadablePart {
  std::int64_t position = 0;
  std::int64_t bytes = 0;
  std::string why;  // of the first block
};

// Only to be read: all else fails.
class PatchedFile : public File {
 public:
  // `file` outlives this one.
  PatchedFile(const File& file, std::int64_t size_bytes) : file_(file), size_bytes_(size_bytes) {}

  // Never fails. Does not try again what could not be read: a bad disk takes its time.
  Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override;

  // What could not be read so far, in order.
  const std::vector<UnreadablePart>& unreadable() const { return unreadable_; }

  Result<void> Write(std::int64_t position, std::span<const std::string_view> fragments) override;
  Result<void> Allocate(std::int64_t size) override;
  Result<void> Truncate(std::int64_t size) override;
  Result<void> Sync() override;
  Result<std::int64_t> Size() const override { return size_bytes_; }

 private:
  void ReadBlock(std::int64_t position, char* out, std::size_t count) const;
  bool IsKnown(std::int64_t position) const;
  void Note(std::int64_t block, std::string why) const;

  const File& file_;
  const std::int64_t size_bytes_;
  mutable std::vector<UnreadablePart> unreadable_;
};

}  // namespace strata::storage::tool
