#include "bench/compare/limits/shape.h"

#include "client/cli/bench/payloads.h"
#include "proto/batch/record_batch.h"

namespace strata::compare {
namespace {

constexpr TimestampMs kSomeTime = 1'700'000'000'000;

}  // namespace

Shape ShapeOf(std::size_t value_bytes, std::size_t message_bytes) {
  const auto values = cli::Payloads::OfSize(value_bytes);
  RecordBatchBuilder builder;
  Shape shape;
  do {
    do {
      RecordView record;
      record.value = values.At(0);
      record.timestamp_ms = kSomeTime;
      builder.Add(record);
    } while (builder.uncompressed_bytes() + value_bytes < kSendMessageBytes);
    shape.records_per_message += static_cast<std::uint64_t>(builder.record_count());
    shape.message += builder.Finish();
  } while (shape.message.size() + kSendMessageBytes <= message_bytes);
  return shape;
}

}  // namespace strata::compare
