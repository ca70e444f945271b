// What all clients of the workload need: batches of payloads, and calls that tell a history.
#pragma once

#include <future>
#include <optional>
#include <vector>

#include "storage/log_store.h"
#include "tests/fault/history/history.h"
#include "tests/fault/store/workload.h"

namespace strata::testing {

struct WorkAppend {
  std::vector<PayloadId> payloads;
  std::optional<ProducerStamp> stamp = {};
  Durability durability = Durability::kFsync;
};

using Answer = std::future<Result<storage::AppendResult>>;

// Appends and tells `history` what was asked and what was answered. Returns without waiting.
Answer AppendAndTell(storage::LogStore& logs, History& history, const WorkPartition& partition,
                     const WorkAppend& append);

// Waits for it. Fails the test, and is a TIMEOUT, if it takes longer than healing may.
Result<storage::AppendResult> WaitFor(Answer& answer);

// No record of the workload, with its share of the batch, takes more.
inline constexpr std::int64_t kMostRecordBytes = 512;

struct FoundBatches {
  std::vector<SeenRecord> records;           // from `from` on
  std::vector<OffsetRange> without_records;  // the batches that have none, each for itself
};

// What was read from `from` on. CORRUPT_BATCH: these are not whole batches, dense from one that
// holds `from` to where it says to read on.
Result<FoundBatches> BatchesOf(const storage::ReadResult& read, const WorkPartition& partition,
                               Offset from);

}  // namespace strata::testing
