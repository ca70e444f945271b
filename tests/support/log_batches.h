// Batches for tests of logs, and what was read back as plain values.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "storage/log_store.h"

namespace strata::testing {

// A batch with one record for each value, all with the same timestamp.
inline std::string MakeBatch(const std::vector<std::string>& values, TimestampMs timestamp = 1000) {
  RecordBatchBuilder builder;
  for (const std::string& value : values) {
    RecordView record;
    record.value = value;
    record.timestamp_ms = timestamp;
    builder.Add(record);
  }
  return builder.Finish();
}

// A batch of one record with `bytes` bytes in its value.
inline std::string MakeBatchOfSize(std::size_t bytes, TimestampMs timestamp = 1000) {
  return MakeBatch({std::string(bytes, 'x')}, timestamp);
}

// The fragments as one string.
inline std::string Join(const storage::ReadResult& result) {
  std::string bytes;
  for (const SharedBytes& fragment : result.fragments) bytes.append(fragment.view());
  return bytes;
}

// A record that was read, by what tests look at.
struct ReadRecord {
  Offset offset = 0;
  std::string value;

  bool operator==(const ReadRecord&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const ReadRecord& record) {
  return out << record.offset << "=" << record.value;
}

// The records in a row of whole batches. Fails the test if they are damaged.
inline std::vector<ReadRecord> RecordsIn(std::string_view batches) {
  std::vector<ReadRecord> records;
  while (!batches.empty()) {
    const auto batch = TakeBatch(batches);
    EXPECT_TRUE(batch.has_value()) << "not whole batches";
    if (!batch) return records;
    EXPECT_TRUE(BatchCrcMatches(*batch));
    auto reader = RecordBatchReader::Open(*batch);
    EXPECT_TRUE(reader.has_value()) << "a damaged batch";
    if (!reader) return records;
    RecordView record;
    while (reader->Next(&record)) {
      records.push_back({record.offset, std::string(record.value.value_or("(null)"))});
    }
    EXPECT_TRUE(reader->status().has_value());
  }
  return records;
}

// Everything from `from` to the visible end.
inline std::vector<ReadRecord> ReadAll(storage::LogStore& store, storage::PartitionId partition,
                                       Offset from, std::size_t max_bytes = 1 << 20) {
  std::vector<ReadRecord> records;
  while (true) {
    const auto result = store.Read(partition, from, {max_bytes});
    EXPECT_TRUE(result.has_value()) << result.error().message;
    if (!result || result->bytes == 0) return records;
    for (ReadRecord& record : RecordsIn(Join(*result))) {
      if (record.offset >= from) records.push_back(std::move(record));
    }
    EXPECT_GT(result->next_offset, from);
    from = result->next_offset;
  }
}

}  // namespace strata::testing
