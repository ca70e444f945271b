// Appends for tests of logs: sends batches and waits for what becomes of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "proto/base/mutex.h"
#include "storage/log_store.h"

namespace strata::testing {

// Gathers acknowledgements, in the order in which they come. Outlives the appends.
class Acks {
 public:
  // To be handed to one Append.
  storage::AppendCallback Expect() {
    return [this](Result<storage::AppendResult> result) {
      MutexLock lock(mutex_);
      results_.push_back(std::move(result));
      changed_.NotifyAll();
    };
  }

  // Returns when so many have come.
  std::vector<Result<storage::AppendResult>> Wait(std::size_t count) {
    MutexLock lock(mutex_);
    while (results_.size() < count) changed_.Wait(mutex_);
    return results_;
  }

  // The same without the results.
  void WaitForCount(std::size_t count) {
    MutexLock lock(mutex_);
    while (results_.size() < count) changed_.Wait(mutex_);
  }

  std::size_t count() {
    MutexLock lock(mutex_);
    return results_.size();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Result<storage::AppendResult>> results_ STRATA_GUARDED_BY(mutex_);
};

// Sends a batch that MakeBatch has made.
inline void SendAppend(storage::LogStore& store, storage::PartitionId partition, std::string batch,
                       Durability durability, storage::AppendCallback done) {
  const auto header = ParseBatchHeader(batch);
  ASSERT_TRUE(header.has_value()) << header.error().message;
  store.Append(partition, *header, {SharedBytes::FromString(std::move(batch))}, durability,
               std::move(done));
}

// Sends a batch and waits for its result.
inline Result<storage::AppendResult> Append(storage::LogStore& store,
                                            storage::PartitionId partition, std::string batch,
                                            Durability durability = Durability::kFsync) {
  Acks acks;
  SendAppend(store, partition, std::move(batch), durability, acks.Expect());
  return acks.Wait(1).front();
}

}  // namespace strata::testing
