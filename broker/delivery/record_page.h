// From what a log returned to what a client gets: whole batches within a credit, or decoded
// records.
//
// Pure functions; callable from any thread. Decoding decompresses and copies: keep it off gRPC's
// threads.
#pragma once

#include <cstdint>
#include <limits>

#include "proto/base/error.h"
#include "proto/base/fragments.h"
#include "proto/base/types.h"
#include "storage/log_store.h"

namespace google::protobuf {
template <class T>
class RepeatedPtrField;
}
namespace strata::v1 {
class Record;
}

namespace strata::broker {

// What is delivered in one go.
struct Page {
  Fragments batches;         // back to back
  std::size_t bytes = 0;     // that count against a credit
  std::int64_t records = 0;  // those at or behind the offset asked for
  Offset next_offset = 0;
};

// Behind all offsets.
inline constexpr Offset kForEver = std::numeric_limits<Offset>::max();

// Batches from the front of `read`, up to the one in which the `max_records`-th record at or behind
// `from` stands; at least one. `read` must not be empty, `max_records` > 0. CORRUPT_LOG.
Result<Page> TakeBatches(storage::ReadResult read, Offset from, std::int64_t max_records);

// Records at or behind `from` and in front of `until`: `max_records` and, as they travel,
// `max_bytes` at most, but at least one. The page has no batches, and its bytes are those of keys,
// values and headers. CORRUPT_LOG.
Result<Page> DecodeRecords(const storage::ReadResult& read, std::int32_t partition, Offset from,
                           Offset until, std::int64_t max_records, std::size_t max_bytes,
                           google::protobuf::RepeatedPtrField<v1::Record>* records);

// Behind the last record of encoded batches, 0 if there is none; by their headers alone: where
// compaction has taken records of a batch, the last one may stand later, never earlier.
// CORRUPT_LOG.
Result<Offset> EndOfRecords(const Fragments& batches);

}  // namespace strata::broker
