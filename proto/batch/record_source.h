// The encoded records of a batch that lies in several pieces, one after another. Most of them are
// read where they lie; one that begins in one piece and ends in another is put together first.
// Inner part of record_batch.h.
//
// Use it from one thread at a time. The pieces, and the array of them, outlive the source. It may
// be moved.
#pragma once

#include <cstddef>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>

#include "proto/batch/record_codec.h"

namespace strata {

class RecordSource {
 public:
  // There are none.
  RecordSource() = default;
  // They lie in one piece.
  explicit RecordSource(std::string_view records) : rest_(records) {}
  // They begin behind the first `skipped` bytes.
  RecordSource(std::span<const std::string_view> pieces, std::size_t skipped);

  // As record_codec::TakeRecord. What `record` views lasts as long as the pieces and the source. Of
  // no use behind a fault.
  record_codec::Fault Take(record_codec::EncodedRecord* record) {
    while (rest_.empty() && !pieces_.empty()) BeginNextPiece();
    const std::size_t left = rest_.size();
    const record_codec::Fault fault = record_codec::TakeRecord(rest_, record);
    const bool ends_here = rest_.size() < left;
    if (fault == nullptr || ends_here || pieces_.empty()) return fault;
    return TakeAcross(record);
  }

  std::size_t left_bytes() const;

 private:
  record_codec::Fault TakeAcross(record_codec::EncodedRecord* record);
  // Moves bytes to the end of `to`, as long as there are some.
  void Gather(std::size_t count, std::string* to);
  void BeginNextPiece() {
    rest_ = pieces_.front();
    pieces_ = pieces_.subspan(1);
  }

  std::string_view rest_;                     // of the piece that was begun
  std::span<const std::string_view> pieces_;  // behind it
  std::forward_list<std::string> across_;     // records that lie in several
  std::size_t most_bytes_ = 0;                // of a record: it lies in the pieces
};

}  // namespace strata
