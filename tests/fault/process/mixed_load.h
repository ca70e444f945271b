// Clients of one broker that all work at once, as real ones do, and record what they ask and what
// they are told: producers, a reader that follows, members of a group that commit, and an operator
// who changes the topic's configuration. They carry on by themselves when the broker goes and comes
// back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/consumer.h"
#include "client/lib/producer.h"
#include "proto/base/mutex.h"
#include "tests/fault/history/history.h"
#include "tests/fault/process/dice.h"

namespace strata::fault {

struct LoadOptions {
  std::string topic;
  std::int32_t partitions = 3;
  std::map<std::string, std::string> config;  // of the topic
  std::string group;
  int producers = 2;
  int members = 2;
  std::chrono::milliseconds delivery_timeout{60'000};
  bool compacted = false;  // the topic is: records have keys, and some are tombstones
};

class MixedLoad {
 public:
  // Begins at once. `history` and `payloads`, which numbers them over all loads of the history,
  // outlive it.
  MixedLoad(const std::string& broker, LoadOptions options, testing::History& history,
            std::atomic<testing::PayloadId>& payloads, Dice& dice);
  // Stop.
  ~MixedLoad();

  // What the clients have been told so far.
  struct Counts {
    std::vector<std::int64_t> acks;  // of appends, by partition
    std::int64_t failures = 0;       // of appends
    std::int64_t commits = 0;        // acknowledged
    std::int64_t changes = 0;        // of the topic's configuration, acknowledged
  };

  // Wait until there are so many more of them (acks: in each partition); false if that took longer
  // than `patience`.
  bool WaitForAcks(std::int64_t more, std::chrono::milliseconds patience);
  bool WaitForFailures(std::int64_t more, std::chrono::milliseconds patience);
  bool WaitForCommits(std::int64_t more, std::chrono::milliseconds patience);
  bool WaitForChanges(std::int64_t more, std::chrono::milliseconds patience);

  // Sends and commits no more, and waits until everything has its answer.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  // As the history is to see the records of one producer: in which order it sends them.
  struct Numbering {
    std::uint64_t producer = 0;
    std::vector<std::int32_t> next;  // by partition
  };
  // What a member has been given last of a partition.
  struct Given {
    std::int64_t generation = 0;
    Offset next = 0;
  };
  using GivenByPartition = std::map<TopicPartition, Given>;

  using Condition = std::function<bool(const Counts& before, const Counts& now)>;

  bool WaitFor(const Condition& condition, std::chrono::milliseconds patience)
      STRATA_EXCLUDES(mutex_);
  void Produce(Dice dice);
  void Follow();
  void Work(Dice dice);
  void Configure(Dice dice);
  void Send(Producer& producer, Numbering& numbering, Dice& dice);
  testing::SeenRecord SeenIn(const RecordView& record) const;
  void NoteFailedRead(const std::string& partition, Offset from, const Error& error);
  void NoteConsumed(const std::vector<ConsumedRecord>& records, GivenByPartition* given);
  void Commit(Consumer& consumer, const OffsetCommit& commit);
  void Returned(testing::CallId call, std::int32_t partition, const Result<Placed>& placed)
      STRATA_EXCLUDES(mutex_);

  const LoadOptions options_;
  const std::shared_ptr<Connection> connection_;
  testing::History& history_;
  std::atomic<testing::PayloadId>& payloads_;
  std::atomic<bool> stopping_ = false;

  Mutex mutex_;
  CondVar counted_;
  Counts counts_ STRATA_GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;  // last: they use all of the above
};

// The key of the topic's configuration that the operator sets, again and again.
inline constexpr char kConfiguredKey[] = "segment.ms";

// What a partition is called in a history.
std::string NameInHistory(const TopicPartition& partition);

}  // namespace strata::fault
