// Records with keys for tests of compaction, and what is left of them as plain values.
#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "storage/log_store.h"

namespace strata::testing {

struct KeyedRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  Offset offset = kNoOffset;         // of one that was read

  bool operator==(const KeyedRecord&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const KeyedRecord& record) {
  return out << record.offset << ":" << record.key.value_or("(none)") << "="
             << record.value.value_or("(deleted)");
}

// One batch with these records; their offsets are ignored.
inline std::string MakeKeyedBatch(const std::vector<KeyedRecord>& records,
                                  TimestampMs timestamp = 1000,
                                  Compression compression = Compression::kNone) {
  RecordBatchBuilder builder(compression);
  for (const KeyedRecord& record : records) {
    RecordView view;
    if (record.key) view.key = *record.key;
    if (record.value) view.value = *record.value;
    view.timestamp_ms = timestamp;
    builder.Add(view);
  }
  return builder.Finish();
}

// Everything from `from` to the visible end. Fails the test if batches are damaged or not dense.
inline std::vector<KeyedRecord> ReadKeyed(storage::LogStore& store, storage::PartitionId partition,
                                          Offset from, std::size_t max_bytes = 1 << 20) {
  std::vector<KeyedRecord> records;
  while (true) {
    const auto read = store.Read(partition, from, {max_bytes});
    EXPECT_TRUE(read.has_value()) << read.error().message;
    if (!read || read->bytes == 0) return records;
    std::string bytes;
    for (const SharedBytes& fragment : read->fragments) bytes.append(fragment.view());
    std::optional<Offset> expected;
    for (std::string_view rest = bytes; !rest.empty();) {
      const auto batch = TakeBatch(rest);
      EXPECT_TRUE(batch.has_value()) << "not whole batches";
      if (!batch) return records;
      EXPECT_TRUE(BatchCrcMatches(*batch));
      auto reader = RecordBatchReader::Open(*batch);
      EXPECT_TRUE(reader.has_value()) << "a damaged batch";
      if (!reader) return records;
      EXPECT_EQ(reader->header().base_offset, expected.value_or(reader->header().base_offset));
      EXPECT_LE(reader->header().base_offset, expected ? *expected : from);
      expected = reader->header().next_offset();
      for (RecordView record; reader->Next(&record);) {
        if (record.offset < from) continue;
        KeyedRecord own;
        if (record.key) own.key = std::string(*record.key);
        if (record.value) own.value = std::string(*record.value);
        own.offset = record.offset;
        records.push_back(std::move(own));
      }
      EXPECT_TRUE(reader->status().has_value());
    }
    EXPECT_EQ(expected, read->next_offset);
    EXPECT_GT(read->next_offset, from);
    from = read->next_offset;
  }
}

// What a reader of all these records knows in the end, by key; tombstones delete.
inline std::map<std::string, std::string> Replay(const std::vector<KeyedRecord>& records) {
  std::map<std::string, std::string> state;
  for (const KeyedRecord& record : records) {
    if (!record.key) continue;
    if (record.value) {
      state[*record.key] = *record.value;
    } else {
      state.erase(*record.key);
    }
  }
  return state;
}

}  // namespace strata::testing
