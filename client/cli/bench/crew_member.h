// A member of a group that takes whatever it is given, and measures how long it was under way: one
// connection and one thread, as a program would have.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/bench/amount.h"
#include "client/cli/bench/latencies.h"
#include "client/cli/bench/run_state.h"
#include "client/lib/consumer.h"
#include "proto/base/mutex.h"

namespace strata::cli {

// What has arrived, and when the last of it has.
struct Arrivals {
  Latencies latencies;  // of what carried a stamp
  std::chrono::steady_clock::time_point last;
};

class CrewMember {
 public:
  // Begins to join the group at the ends of the partitions. It commits behind what it has got, once
  // a second. `run` must outlive it. Errors of Consumer::Open; all later ones, commits that fail,
  // and partitions that are lost, end the run.
  static Result<std::unique_ptr<CrewMember>> Join(std::shared_ptr<Connection> connection,
                                                  const std::string& group,
                                                  const std::string& topic, RunState& run);
  // Leaves the group, and waits until it has.
  ~CrewMember();
  CrewMember(const CrewMember&) = delete;
  CrewMember& operator=(const CrewMember&) = delete;

  // Tells it to leave, and does not wait for it. Any thread.
  void BeginToLeave();

  // Partitions that it holds. Any thread.
  std::int64_t held() const { return held_; }
  // What it has got since it joined. Any thread.
  Amount received() const { return received_.get(); }
  // What has arrived since the last call. Any thread.
  Arrivals TakeArrivals() STRATA_EXCLUDES(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  explicit CrewMember(RunState& run) : run_(run) {}

  RebalanceListener Listener();
  void Work();
  void Receive(const std::vector<ConsumedRecord>& records) STRATA_EXCLUDES(mutex_);

  RunState& run_;
  std::atomic<bool> leaving_ = false;
  std::atomic<std::int64_t> held_ = 0;
  AmountCounter received_;

  Mutex mutex_;
  Arrivals arrivals_ STRATA_GUARDED_BY(mutex_);

  std::unique_ptr<Consumer> consumer_;  // used by the thread, once that runs; woken by any
  std::thread thread_;                  // last: it uses the rest
};

}  // namespace strata::cli
