// One record as it lies inside a batch (FORMAT.md, "The record"). Inner part of record_batch.h.
//
// Readers take from the front of `bytes` and return what is wrong, as the end of the sentence
// "record 3 ...", or nullptr if nothing is. They neither allocate nor look at other records.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/batch/record.h"

namespace strata::record_codec {

using Fault = const char*;

// A record whose headers are still encoded. Views into the bytes that it was taken from. Numbers
// mean nothing before TakeRecord: to clear one for each record takes as long as to read it.
struct EncodedRecord {
  std::int64_t timestamp_delta_ms;
  std::int32_t offset_delta;
  std::int32_t header_count;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::string_view headers;
};

// Leaves `bytes` as they are if the record does not end in them.
Fault TakeRecord(std::string_view& bytes, EncodedRecord* record);

// How many bytes the record has that begins here, by its length; nothing if the length is not there
// in full, or cannot be.
std::optional<std::size_t> EncodedBytes(std::string_view front);

// Takes `record.header_count` headers and calls visit(HeaderView) for each; they must fill the
// record to its end.
template <class Visit>
Fault VisitHeaders(const EncodedRecord& record, Visit visit);

// Bytes of a record behind its length field, and the whole with it.
std::size_t BodyBytes(const RecordView& record, std::int64_t timestamp_delta_ms,
                      std::int32_t offset_delta);
std::size_t TotalBytes(std::size_t body_bytes);

// Writes TotalBytes(body_bytes) bytes to `to`. `body_bytes` is BodyBytes of the same arguments.
void WriteRecord(const RecordView& record, std::int64_t timestamp_delta_ms,
                 std::int32_t offset_delta, std::size_t body_bytes, char* to);

// The part of VisitHeaders that does not depend on the visitor.
Fault TakeHeader(std::string_view& bytes, HeaderView* header);

template <class Visit>
Fault VisitHeaders(const EncodedRecord& record, Visit visit) {
  if (record.header_count == 0 && record.headers.empty()) return nullptr;  // as most have none
  std::string_view rest = record.headers;
  HeaderView header;
  for (std::int32_t i = 0; i < record.header_count; ++i) {
    if (const Fault fault = TakeHeader(rest, &header)) return fault;
    visit(header);
  }
  return rest.empty() ? nullptr : "has bytes behind its last header";
}

}  // namespace strata::record_codec
