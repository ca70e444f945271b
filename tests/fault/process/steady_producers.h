// Producers that send at a steady pace to all partitions of a topic, and keep what was
// acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/producer.h"
#include "proto/base/mutex.h"
#include "tests/fault/history/work_check.h"
#include "tests/fault/process/dice.h"

namespace strata::fault {

class SteadyProducers {
 public:
  struct Options {
    std::string topic;
    std::int32_t partitions = 1;
    int producers = 2;
    std::chrono::milliseconds pause{10};  // between two bursts of some records
  };

  // Begins at once.
  SteadyProducers(const std::string& broker, Options options, Dice& dice);
  // Stop.
  ~SteadyProducers();

  // Lets some time pass while they work.
  void LetWork(std::chrono::milliseconds time) STRATA_EXCLUDES(mutex_);

  // Sends no more, and waits until everything has its answer.
  void Stop();

  std::vector<testing::AckedRecord> acked() const STRATA_EXCLUDES(mutex_);
  // What has failed: nothing may while the broker is well.
  std::int64_t failures() const STRATA_EXCLUDES(mutex_);

 private:
  void Produce(Producer& producer, Dice dice);
  void Send(Producer& producer, std::int32_t partition);
  void Returned(testing::PayloadId payload, const Result<Placed>& placed) STRATA_EXCLUDES(mutex_);

  const Options options_;
  std::atomic<testing::PayloadId> payloads_ = 0;
  std::atomic<bool> stopping_ = false;

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<testing::AckedRecord> acked_ STRATA_GUARDED_BY(mutex_);
  std::int64_t failures_ STRATA_GUARDED_BY(mutex_) = 0;

  std::vector<std::unique_ptr<Producer>> producers_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace strata::fault
