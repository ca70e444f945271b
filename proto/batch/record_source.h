// The encoded records of a batch that lies in several pieces, one after another. Most of them are
// read where they lie; one that begins in one piece and ends in another is put together first.
// Inner part of record_batch.h.
//
// Not thread-safe. The pieces outlive the source.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "proto/batch/record_codec.h"

namespace strata {

class RecordSource {
 public:
  // Begins behind the first `skipped` bytes.
  RecordSource(std::span<const std::string_view> pieces, std::size_t skipped);

  // As record_codec::TakeRecord. What `record` views may be gone with the next call. Of no use
  // behind a fault.
  record_codec::Fault Take(record_codec::EncodedRecord* record) {
    const std::size_t left = rest_.size();
    const record_codec::Fault fault = record_codec::TakeRecord(rest_, record);
    const bool ends_here = rest_.size() < left;
    if (fault == nullptr || ends_here || pieces_.empty()) return fault;
    return TakeAcross(record);
  }

  std::size_t left_bytes() const;

 private:
  record_codec::Fault TakeAcross(record_codec::EncodedRecord* record);
  // Moves bytes to the end of `across_`, as long as there are some.
  void Gather(std::size_t count);
  void BeginNextPiece();

  std::string_view rest_;                     // of the piece that was begun
  std::span<const std::string_view> pieces_;  // behind it
  std::string across_;                        // a record that lies in several
};

}  // namespace strata
