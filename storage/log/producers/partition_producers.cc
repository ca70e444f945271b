#include "storage/log/producers/partition_producers.h"

#include <algorithm>
#include <utility>

#include "storage/log/producers/producer_codec.h"

namespace strata::storage {
namespace {

// So much more is written to the log than to its notes. The least is what recovery reads anyway to
// find the end of a log.
constexpr std::int64_t kLogBytesPerNoteByte = 16;
constexpr std::int64_t kLeastLogBytesPerNote = 64 << 10;

// About what a note weighs.
constexpr std::size_t kProducerBytes = 16;
constexpr std::size_t kBatchBytes = 4;

std::int64_t LogBytesBetweenNotes(const ProducerTable& table) {
  const std::size_t weight =
      table.producer_count() * kProducerBytes + table.batch_count() * kBatchBytes;
  return std::max(kLeastLogBytesPerNote, static_cast<std::int64_t>(weight) * kLogBytesPerNoteByte);
}

}  // namespace

Result<std::optional<Offset>> PartitionProducers::Check(const BatchHeader& header) const {
  if (!header.numbered()) return std::nullopt;
  STRATA_TRY(fences_.Check(header));
  return table_.Check(header);
}

void PartitionProducers::Place(const BatchHeader& header, TimePoint now) {
  if (header.numbered()) table_.Add(header, now);
  bytes_since_note_ += static_cast<std::int64_t>(header.total_bytes());
}

void PartitionProducers::Flushed(Offset stable) {
  if (!note_wanted_ || bytes_since_note_ < LogBytesBetweenNotes(table_)) return;
  note_ = Encode(stable);
  note_wanted_ = false;
}

std::optional<std::string> PartitionProducers::TakeNote() {
  note_wanted_ = true;
  return std::exchange(note_, std::nullopt);
}

std::optional<std::string> PartitionProducers::TakeNoteOfEnd(Offset log_end) {
  if (noted_as_of_ != log_end) note_ = Encode(log_end);
  return TakeNote();
}

std::string PartitionProducers::Encode(Offset as_of) {
  noted_as_of_ = as_of;
  bytes_since_note_ = 0;
  return EncodeProducers(table_.Snapshot(as_of, std::chrono::steady_clock::now()));
}

}  // namespace strata::storage
