// An idempotent producer that outlives the stores it writes to. What has no answer it sends again,
// with the same numbers, to the same store or to the next one.
//
// One thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/log_store.h"
#include "tests/fault/history/history.h"
#include "tests/fault/store/workload.h"
#include "tests/support/disk/simulated_file.h"

namespace strata::testing {

class NumberedProducer {
 public:
  // `history`, and `last_payload`, which numbers payloads, outlive it.
  NumberedProducer(std::uint64_t id, History& history, std::atomic<PayloadId>& last_payload)
      : id_(id), history_(history), last_payload_(last_payload) {}

  // Sends what has no answer yet, or if there is no such thing something new, or something that has
  // its answer once more; now and then a new instance takes over, and the old one tries again.
  // Waits for the answers.
  void Work(storage::LogStore& logs, const WorkPartition& partition, Dice& dice);

  // Shuts out the instances before this one. To be called whenever a store was opened.
  void Fence(storage::LogStore& logs);

 private:
  struct Batch {
    std::int32_t sequence = 0;
    std::vector<PayloadId> payloads;
  };
  // What it knows of a partition.
  struct Progress {
    std::int32_t next_sequence = 0;
    std::deque<Batch> unanswered;
    std::optional<Batch> latest_acked;
  };

  Batch NewBatch(std::int32_t sequence, Dice& dice);
  void AddNew(Progress& progress, Dice& dice);
  // All of them at once, in order.
  std::vector<Result<storage::AppendResult>> Send(storage::LogStore& logs,
                                                  const WorkPartition& partition,
                                                  const std::deque<Batch>& batches);
  void SendUnanswered(storage::LogStore& logs, const WorkPartition& partition, Progress& progress);
  void TakeOver(storage::LogStore& logs, const WorkPartition& partition, Dice& dice);
  // In every partition it begins anew, with sequence 0.
  void BeginEpoch(storage::LogStore& logs);

  const std::uint64_t id_;
  History& history_;
  std::atomic<PayloadId>& last_payload_;
  std::int32_t epoch_ = 0;
  std::map<std::string, Progress> partitions_;
};

}  // namespace strata::testing
