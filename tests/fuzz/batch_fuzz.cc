// ValidateBatch and RecordBatchReader on arbitrary bytes. Whatever is accepted must read to its
// end, and its records must make another batch that is accepted.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/base/big_endian.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/header_layout.h"
#include "proto/batch/record_batch.h"

namespace strata {
namespace {

constexpr BatchLimits kLimits = {.max_batch_bytes = 1 << 20, .max_inflated_bytes = 1 << 20};

void Require(bool condition) {
  if (!condition) std::abort();
}

// Nothing gets beyond the length and the CRC by chance.
void MakeLengthAndCrcFit(std::string* batch) {
  if (batch->size() < kBatchHeaderBytes) return;
  const std::size_t length = batch->size() - kLengthCountsFrom;
  StoreBigEndian(batch->data() + kBatchLengthField.offset, static_cast<std::int32_t>(length));
  const std::uint32_t crc = Crc32c(std::string_view(*batch).substr(kCrcCoversFrom));
  StoreBigEndian(batch->data() + kCrcField.offset, crc);
}

void CheckAccepted(std::string_view batch, const BatchHeader& header) {
  auto reader = RecordBatchReader::Open(batch, kLimits.max_inflated_bytes);
  Require(reader.has_value());
  RecordBatchBuilder builder;
  RecordView record;
  while (reader->Next(&record)) {
    Require(record.offset == header.base_offset + builder.record_count());
    builder.Add(record);
  }
  Require(reader->status().has_value());
  Require(builder.record_count() == header.record_count);
  BatchLimits enough;
  enough.max_batch_bytes = builder.uncompressed_bytes();
  Require(ValidateBatch(builder.Finish(), enough).has_value());
}

// However it is cut, the judgement is the same.
void CheckInFragments(const std::string& batch, const Result<BatchHeader>& whole) {
  const SharedBytes shared = SharedBytes::FromString(batch);
  for (const std::size_t cut : {batch.size() / 3, batch.size() / 2, std::size_t{70}}) {
    const Fragments fragments = {shared.Slice(0, cut), shared.Slice(std::min(cut, batch.size()))};
    const auto in_fragments = ValidateBatch(fragments, kLimits);
    Require(in_fragments.has_value() == whole.has_value());
    if (whole) continue;
    Require(in_fragments.error().code == whole.error().code);
    Require(in_fragments.error().message == whole.error().message);
  }
}

void Check(const std::string& batch) {
  CheckInFragments(batch, ValidateBatch(batch, kLimits));
  if (const auto header = ValidateBatch(batch, kLimits)) return CheckAccepted(batch, *header);
  auto reader = RecordBatchReader::Open(batch, kLimits.max_inflated_bytes);
  RecordView record;
  while (reader && reader->Next(&record)) {
  }
}

}  // namespace
}  // namespace strata

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string batch(reinterpret_cast<const char*>(data), size);
  strata::Check(batch);
  strata::MakeLengthAndCrcFit(&batch);
  strata::Check(batch);
  return 0;
}
