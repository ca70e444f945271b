// Walks the batches of a segment file and says how the walk ended: at a clean end, or at which kind
// of damage and where. Recovery, reads and index rebuilding all walk with this.
//
// It decides nothing: what a damaged end means depends on where the log was known to be stable (see
// recovery.h).
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "storage/io/file_system.h"

namespace strata::storage {

// How a walk ended.
enum class ScanEnd {
  kEndOfData,         // behind a complete batch
  kZeroedTail,        // nothing but zeros from here on: space that was reserved and never used
  kIncompleteHeader,  // fewer bytes than a header
  kBadHeader,         // not a batch header
  kUnknownVersion,    // what belongs here, but not in a version that this build knows
  kWrongOffset,       // a batch, but not the one that belongs here
  kIncompleteBatch,   // the header promises more bytes than there are
  kBadCrc,            // all bytes there, but not those that were written
};

// Whether the data end here as they should.
inline bool IsCleanEnd(ScanEnd end) {
  return end == ScanEnd::kEndOfData || end == ScanEnd::kZeroedTail;
}

// In plain words, for messages: "the batch is incomplete".
std::string_view Describe(ScanEnd end);

// Where a batch lies.
struct BatchPlace {
  BatchHeader header;
  std::int64_t position = 0;

  std::int64_t end_position() const {
    return position + static_cast<std::int64_t>(header.total_bytes());
  }
};

class BatchScanner {
 public:
  enum class Check {
    kHeaders,  // reads little more than the headers
    kCrc,      // reads everything and checks it
  };

  // Walks `file` (which must outlive the scanner) from `position` up to `limit`, expecting a batch
  // of base offset `expected` at `position` and dense offsets from there on.
  BatchScanner(const File& file, std::int64_t position, std::int64_t limit, Offset expected,
               Check check);

  // Steps over the next batch and says where it lies. False at the end: see end(). IO_ERROR.
  Result<bool> Next(BatchPlace* batch);

  // After Next has returned true, with kCrc: that batch, until the next call.
  std::string_view bytes() const { return batch_; }

  // After Next has returned false: how and where the walk ended.
  ScanEnd end() const { return end_; }
  // The end of the last good batch, and the offset that would follow it.
  std::int64_t position() const { return position_; }
  Offset next_offset() const { return expected_; }

 private:
  // Makes at least `count` bytes from position_ available, or what there is before limit_.
  Result<std::string_view> Peek(std::size_t count);
  Result<bool> StopAt(ScanEnd end);
  Result<bool> StopAtBadHeader(std::string_view front);
  // `ahead`: what was read from position_ on.
  Result<bool> OnlyZerosFollow(std::string_view ahead);

  const File& file_;
  const std::int64_t limit_;
  const Check check_;
  std::int64_t position_;
  Offset expected_;
  ScanEnd end_ = ScanEnd::kEndOfData;
  std::string_view batch_;
  std::string buffer_;  // the bytes from buffer_position_ on
  std::int64_t buffer_position_ = 0;
};

}  // namespace strata::storage
