#include "storage/log/producers/producer_codec.h"

#include <limits>

#include "proto/batch/producer_sequence.h"
#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"

namespace strata::storage {
namespace {

constexpr std::uint8_t kFormat = 1;

// The least that a producer takes: six fields of one byte.
constexpr std::size_t kLeastProducerBytes = 6;

void WriteBatches(const std::vector<ProducerBatch>& batches, ByteWriter* writer) {
  writer->Varint(batches.size());
  writer->Varint(static_cast<std::uint64_t>(batches.front().first_sequence));
  Offset end = 0;
  for (const ProducerBatch& batch : batches) {
    const std::int32_t delta =
        AdvanceSequence(batch.last_sequence, (std::int64_t{1} << 31) - batch.first_sequence);
    writer->Varint(static_cast<std::uint64_t>(batch.base_offset - end));
    writer->Varint(static_cast<std::uint64_t>(delta));
    end = batch.base_offset + delta + 1;
  }
}

// A number up to the greatest of its type.
template <class Int>
bool ReadNumber(ByteReader* reader, Int* value) {
  std::uint64_t wide = 0;
  if (!reader->Varint(&wide)) return false;
  *value = static_cast<Int>(wide);
  return wide <= static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
}

bool ReadBatches(ByteReader* reader, std::vector<ProducerBatch>* batches) {
  std::uint64_t count = 0;
  std::int32_t sequence = 0;
  if (!reader->Varint(&count) || count == 0 || count > kRememberedBatches) return false;
  if (!ReadNumber(reader, &sequence)) return false;
  Offset end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    Offset distance = 0;
    std::int32_t delta = 0;
    ProducerBatch batch;
    if (!ReadNumber(reader, &distance) || !ReadNumber(reader, &delta) ||
        __builtin_add_overflow(end, distance, &batch.base_offset) ||
        __builtin_add_overflow(batch.base_offset, Offset{delta} + 1, &end)) {
      return false;
    }
    batch.first_sequence = sequence;
    batch.last_sequence = AdvanceSequence(sequence, delta);
    sequence = AdvanceSequence(batch.last_sequence, 1);
    batches->push_back(batch);
  }
  return true;
}

bool ReadProducer(ByteReader* reader, ProducerSnapshot::Producer* producer) {
  std::int64_t idle_ms = 0;
  if (!ReadNumber(reader, &producer->id) || !ReadNumber(reader, &producer->epoch) ||
      !ReadNumber(reader, &idle_ms)) {
    return false;
  }
  producer->idle = std::chrono::milliseconds(idle_ms);
  return ReadBatches(reader, &producer->batches);
}

bool ReadSnapshot(ByteReader* reader, ProducerSnapshot* snapshot) {
  std::uint8_t format = 0;
  std::uint64_t count = 0;
  if (!reader->Fixed(&format) || format != kFormat) return false;
  if (!ReadNumber(reader, &snapshot->as_of) || !reader->Varint(&count)) return false;
  if (count > reader->rest().size() / kLeastProducerBytes) return false;
  snapshot->producers.resize(count);
  for (ProducerSnapshot::Producer& producer : snapshot->producers) {
    if (!ReadProducer(reader, &producer)) return false;
  }
  return reader->done();
}

}  // namespace

std::string EncodeProducers(const ProducerSnapshot& snapshot) {
  ByteWriter writer;
  writer.Fixed(kFormat);
  writer.Varint(static_cast<std::uint64_t>(snapshot.as_of));
  writer.Varint(snapshot.producers.size());
  for (const ProducerSnapshot::Producer& producer : snapshot.producers) {
    writer.Varint(static_cast<std::uint64_t>(producer.id));
    writer.Varint(static_cast<std::uint64_t>(producer.epoch));
    writer.Varint(static_cast<std::uint64_t>(producer.idle.count()));
    WriteBatches(producer.batches, &writer);
  }
  return writer.Take();
}

Result<ProducerSnapshot> DecodeProducers(std::string_view bytes) {
  ProducerSnapshot snapshot;
  ByteReader reader(bytes);
  if (!ReadSnapshot(&reader, &snapshot)) {
    return Fail(ErrorCode::CORRUPT_LOG, "what is noted of a partition's producers is damaged");
  }
  return snapshot;
}

}  // namespace strata::storage
