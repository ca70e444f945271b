// How long a group takes until everybody holds what he should: when all join at once, when one more
// joins, when one leaves, and when the process of one is killed.
//
//   strata_rebalance_time [--partitions N] [--members N] [--rounds N]
//
// A stratad of its own, over loopback; members are threads of this process with a connection each,
// the one that is killed is a `strata consume`. bench/METHOD.md says what is measured.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/groups/bench_member.h"
#include "bench/groups/must.h"
#include "bench/groups/rounds.h"
#include "client/lib/admin.h"
#include "proto/base/mutex.h"
#include "tests/support/process/broker.h"
#include "tests/support/process/child.h"
#include "tests/support/temp_dir.h"

namespace strata::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr char kTopic[] = "t";
constexpr char kGroup[] = "g";

struct Options {
  std::int32_t partitions = 1'000;
  int members = 100;
  int rounds = 5;
};

// What the members of this process hold.
class Holdings {
 public:
  explicit Holdings(std::int32_t partitions) : partitions_(static_cast<std::size_t>(partitions)) {}

  void Set(int member, std::size_t held) {
    MutexLock lock(mutex_);
    held_[member] = held;
    changed_.NotifyAll();
  }
  void Forget(int member) {
    MutexLock lock(mutex_);
    held_.erase(member);
  }

  // Waits until so many members of this process share all partitions evenly with `others` more, and
  // returns when that was.
  Clock::time_point WaitUntilEven(std::size_t members, std::size_t others) {
    MutexLock lock(mutex_);
    while (!IsEven(members, others)) changed_.Wait(mutex_);
    return Clock::now();
  }

 private:
  bool IsEven(std::size_t members, std::size_t others) const STRATA_REQUIRES(mutex_) {
    if (held_.size() != members) return false;
    const std::size_t each = partitions_ / (members + others);
    std::size_t sum = 0;
    for (const auto& [member, held] : held_) {
      if (held < each || held > each + 1) return false;
      sum += held;
    }
    const std::size_t rest = partitions_ - sum;
    return sum <= partitions_ && rest >= each * others && rest <= (each + 1) * others;
  }

  const std::size_t partitions_;
  Mutex mutex_;
  CondVar changed_;
  std::map<int, std::size_t> held_ STRATA_GUARDED_BY(mutex_);
};

struct Results {
  Rounds all_join;
  Rounds one_joins;
  Rounds one_leaves;
  Rounds one_is_killed;
};

// One group from its beginning on, on a broker of its own.
class Round {
 public:
  explicit Round(const Options& options) : options_(options), holdings_(options.partitions) {
    Admin admin(Must(Connection::Open({.broker = broker_.address()})));
    Must(admin.CreateTopic(kTopic, options.partitions));
  }

  void Run(Results* results) {
    const auto all = static_cast<std::size_t>(options_.members);
    results->all_join.Add(Time([&] {
      for (int i = 0; i < options_.members; ++i) Join(i);
      return holdings_.WaitUntilEven(all, 0);
    }));
    results->one_joins.Add(Time([&] {
      Join(options_.members);
      return holdings_.WaitUntilEven(all + 1, 0);
    }));
    results->one_leaves.Add(Time([&] {
      members_.back()->Leave();
      members_.pop_back();
      holdings_.Forget(options_.members);
      return holdings_.WaitUntilEven(all, 0);
    }));
    e2e::Child stranger(
        {STRATA_BINARY, "--broker", broker_.address(), "consume", kTopic, "--group", kGroup}, {});
    holdings_.WaitUntilEven(all, 1);
    results->one_is_killed.Add(Time([&] {
      stranger.Signal(SIGKILL);
      return holdings_.WaitUntilEven(all, 0);
    }));
  }

 private:
  void Join(int member) {
    members_.push_back(std::make_unique<BenchMember>(
        broker_.address(), ConsumerOptions{.group = kGroup, .topics = {kTopic}},
        BenchMember::Callbacks{
            .holds = [this, member](std::size_t held) { holdings_.Set(member, held); }}));
  }

  template <class Change>
  static double Time(Change change) {
    const auto begun = Clock::now();
    return Milliseconds(change() - begun).count();
  }

  const Options& options_;
  const strata::testing::TempDir directory_;
  e2e::Broker broker_{directory_ / "data"};
  Holdings holdings_;
  std::vector<std::unique_ptr<BenchMember>> members_;
};

void Print(const Options& options, const Results& results) {
  fmt::print(
      "{} partitions, {} members, median of {} rounds (least to most), ms until everybody "
      "holds what he should\n",
      options.partitions, options.members, options.rounds);
  fmt::print("{:<18}{}\n", "all join at once", results.all_join.Text(1));
  fmt::print("{:<18}{}\n", "one more joins", results.one_joins.Text(1));
  fmt::print("{:<18}{}\n", "one leaves", results.one_leaves.Text(1));
  fmt::print("{:<18}{}\n", "one is killed", results.one_is_killed.Text(1));
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Measures how long a group takes to rebalance");
  app.add_option("--partitions", options.partitions)->check(CLI::Range(1, 10'000));
  app.add_option("--members", options.members)->check(CLI::Range(1, 900));
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1'000));
  CLI11_PARSE(app, argc, argv);
  Results warm_up;
  Round(options).Run(&warm_up);
  Results results;
  for (int i = 0; i < options.rounds; ++i) Round(options).Run(&results);
  Print(options, results);
  return 0;
}

}  // namespace
}  // namespace strata::bench

int main(int argc, char** argv) {
  return strata::bench::Main(argc, argv);
}
