// Puts what clients send into the logs: finds the topic, checks the batch or encodes the records,
// chooses partitions, and answers when the log has acknowledged.
//
// Threads: every method may be called from any thread, and none waits for a disk. Requests handed
// in by one thread one after the other are appended in that order within each partition.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/metrics/metrics.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"
#include "proto/base/fragments.h"
#include "storage/log_store.h"

namespace strata::v1 {
class AppendRequest;
class AppendResponse;
}  // namespace strata::v1

namespace strata::broker {

class Appender {
 public:
  // Called once, on a thread of the log or, if nothing was appended, on the caller's.
  using Done = std::function<void(Result<v1::AppendResponse>)>;

  // What is given must outlive the appender and what it has under way.
  Appender(TopicRegistry& topics, storage::LogStore& logs, Metrics& metrics)
      : topics_(topics), logs_(logs), metrics_(metrics) {}

  // `request` has plain records, or else `batch` has fragments. Errors: UNKNOWN_TOPIC,
  // UNKNOWN_PARTITION, INVALID_ARGUMENT, TIMESTAMP_OUT_OF_RANGE, those of ValidateBatch, and those
  // of LogStore::Append. If records for several partitions fail in part, the first error is
  // answered.
  void Append(const v1::AppendRequest& request, Fragments batch, Done done);

 private:
  struct Piece;

  Result<std::vector<Piece>> Cut(const Topic& topic, const v1::AppendRequest& request,
                                 Fragments batch);
  Result<std::vector<Piece>> CutBatch(const Topic& topic, const v1::AppendRequest& request,
                                      Fragments batch) const;
  Result<std::vector<Piece>> CutRecords(const Topic& topic, const v1::AppendRequest& request);
  Result<std::int32_t> ChoosePartition(const Topic& topic, const v1::AppendRequest& request) const;

  TopicRegistry& topics_;
  storage::LogStore& logs_;
  Metrics& metrics_;
  // Spreads records without a key: a partition for each request, in turn.
  std::atomic<std::uint32_t> turn_{0};
};

}  // namespace strata::broker
