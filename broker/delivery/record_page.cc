#include "broker/delivery/record_page.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include "proto/batch/record_batch.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

tl::unexpected<Error> Damaged(Offset offset, const Error& error) {
  return Fail(ErrorCode::CORRUPT_LOG,
              fmt::format("the batch at offset {} is damaged: {}", offset, error.message));
}

// The header of the batch at the front, which is passed.
Result<BatchHeader> PassBatch(FragmentReader& batches) {
  char bytes[kBatchHeaderBytes];
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader({bytes, batches.Peek(bytes)}));
  batches.Skip(header.total_bytes());
  return header;
}

void Truncate(Fragments& fragments, std::size_t bytes) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (kept + fragments[i].size() >= bytes) {
      fragments[i] = fragments[i].Slice(0, bytes - kept);
      fragments.resize(i + 1);
      return;
    }
    kept += fragments[i].size();
  }
}

std::size_t ContentBytes(const RecordView& record) {
  std::size_t bytes = record.key.value_or("").size() + record.value.value_or("").size();
  for (const HeaderView& header : record.headers) {
    bytes += header.name.size() + header.value.value_or("").size();
  }
  return bytes;
}

// What a record takes as an entry of a message.
std::size_t WireBytes(const v1::Record& record) {
  using google::protobuf::io::CodedOutputStream;
  const std::size_t bytes = record.ByteSizeLong();
  return 1 + CodedOutputStream::VarintSize64(bytes) + bytes;
}

void ToProto(const RecordView& record, std::int32_t partition, v1::Record* out) {
  if (record.key) out->set_key(record.key->data(), record.key->size());
  if (record.value) out->set_value(record.value->data(), record.value->size());
  for (const HeaderView& header : record.headers) {
    auto* added = out->add_headers();
    added->set_name(header.name.data(), header.name.size());
    if (header.value) added->set_value(header.value->data(), header.value->size());
  }
  out->set_timestamp_ms(record.timestamp_ms);
  out->set_offset(record.offset);
  out->set_partition(partition);
}

}  // namespace

Result<Page> TakeBatches(storage::ReadResult read, Offset from, std::int64_t max_records) {
  Page page{.batches = std::move(read.fragments),
            .bytes = read.bytes,
            .records = read.next_offset - from,
            .next_offset = read.next_offset};
  if (page.records <= max_records) return page;

  FragmentReader rest(page.batches);
  do {
    const auto header = PassBatch(rest);
    if (!header) return Damaged(page.next_offset, header.error());
    page.next_offset = header->next_offset();
  } while (!rest.AtEnd() && page.next_offset - from < max_records);
  page.bytes -= rest.left_bytes();
  page.records = page.next_offset - from;
  Truncate(page.batches, page.bytes);
  return page;
}

Result<Offset> EndOfRecords(const Fragments& batches) {
  Offset end = 0;
  for (FragmentReader rest(batches); !rest.AtEnd();) {
    const auto header = PassBatch(rest);
    if (!header) return Damaged(end, header.error());
    if (header->record_count > 0) end = header->base_offset + header->record_count;
  }
  return end;
}

Result<Page> DecodeRecords(const storage::ReadResult& read, std::int32_t partition, Offset from,
                           Offset until, std::int64_t max_records, std::size_t max_bytes,
                           google::protobuf::RepeatedPtrField<v1::Record>* records) {
  const SharedBytes joined = Joined(read.fragments);
  std::string_view rest = joined.view();
  Page page{.batches = {}, .bytes = 0, .records = 0, .next_offset = from};
  std::size_t wire_bytes = 0;
  while (!rest.empty()) {
    const auto batch = TakeBatch(rest);
    if (!batch) return Damaged(page.next_offset, batch.error());
    auto reader = RecordBatchReader::Open(*batch);
    if (!reader) return Damaged(page.next_offset, reader.error());
    RecordView record;
    while (reader->Next(&record)) {
      if (record.offset < from) continue;
      if (record.offset >= until) return page;
      if (page.records > 0 && page.records >= max_records) return page;
      v1::Record* added = records->Add();
      ToProto(record, partition, added);
      wire_bytes += WireBytes(*added);
      if (page.records > 0 && wire_bytes > max_bytes) {
        records->RemoveLast();
        return page;
      }
      page.bytes += ContentBytes(record);
      ++page.records;
      page.next_offset = record.offset + 1;
    }
    if (!reader->status()) return Damaged(page.next_offset, reader->status().error());
    // A compacted batch may lack its last records.
    page.next_offset = std::max(page.next_offset, reader->header().next_offset());
  }
  return page;
}

}  // namespace strata::broker
