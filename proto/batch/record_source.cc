#include "proto/batch/record_source.h"

#include <algorithm>

#include "proto/base/varint.h"

namespace strata {

using record_codec::EncodedRecord;
using record_codec::Fault;

RecordSource::RecordSource(std::span<const std::string_view> pieces, std::size_t skipped)
    : pieces_(pieces) {
  for (const std::string_view piece : pieces) most_bytes_ += piece.size();
  while (skipped >= rest_.size() && !pieces_.empty()) {
    skipped -= rest_.size();
    BeginNextPiece();
  }
  rest_.remove_prefix(std::min(skipped, rest_.size()));
}

std::size_t RecordSource::left_bytes() const {
  std::size_t bytes = rest_.size();
  for (const std::string_view piece : pieces_) bytes += piece.size();
  return bytes;
}

Fault RecordSource::TakeAcross(EncodedRecord* record) {
  std::string& across = across_.emplace_front();
  Gather(kMaxVarint32Bytes, &across);  // which no sound record is shorter than
  const auto bytes = record_codec::EncodedBytes(across);
  if (bytes && *bytes > across.size()) {
    across.reserve(std::min(*bytes, most_bytes_));
    Gather(*bytes - across.size(), &across);
  }
  std::string_view whole = across;
  return record_codec::TakeRecord(whole, record);
}

void RecordSource::Gather(std::size_t count, std::string* to) {
  while (count > 0) {
    if (rest_.empty()) {
      if (pieces_.empty()) return;
      BeginNextPiece();
      continue;
    }
    const std::size_t taken = std::min(count, rest_.size());
    to->append(rest_.substr(0, taken));
    rest_.remove_prefix(taken);
    count -= taken;
  }
}

}  // namespace strata
