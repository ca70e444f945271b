// A real stratad under a mixed load, and what is done to it from outside.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/fault/process/fault_run.h"
#include "tests/fault/process/small_disk.h"
#include "tests/fault/seed.h"
#include "tests/support/temp_dir.h"

namespace strata::fault {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Rounds with one broker and one history. More of them on one directory only make the reading of
// everything longer.
constexpr int kRoundsEach = 10;

class BrokerFault : public ::testing::Test {
 protected:
  // `rounds` rounds in all, on one fresh directory after the other.
  void Run(int rounds, const std::function<void(e2e::Broker&, FaultRun&, MixedLoad&)>& harm) {
    for (int done = 0; done < rounds && !HasFailure(); done += kRoundsEach) {
      const testing::TempDir directory(place_);
      e2e::Broker broker(directory / "data", arguments_, launcher_);
      FaultRun run(broker, dice_, load_);
      for (int i = done; i < std::min(done + kRoundsEach, rounds) && !HasFailure(); ++i) {
        run.Round([&](MixedLoad& load) { harm(broker, run, load); });
      }
      run.Check();
    }
    RecordProperty("rounds", rounds);
  }

  // Passes some time while the load works.
  void LetWork(MixedLoad& load, milliseconds most) {
    const auto until = std::chrono::steady_clock::now() + dice_.Between(milliseconds(0), most);
    while (std::chrono::steady_clock::now() < until) load.WaitForAcks(1, milliseconds(5));
  }

  Dice dice_{testing::FaultSeed()};
  LoadOptions load_{.topic = "t", .group = "g"};
  std::vector<std::string> arguments_;
  std::vector<std::string> launcher_;
  std::string place_;  // of the data directories; empty: where temporary files go
};

TEST_F(BrokerFault, NothingAckedIsLostByKill) {
  Run(testing::ScaledRuns(60), [&](e2e::Broker&, FaultRun& run, MixedLoad& load) {
    LetWork(load, milliseconds(300));
    run.KillAndRestart();
  });
}

TEST_F(BrokerFault, NothingThatIsToStayIsLostByKillWhileLogsAreCompacted) {
  arguments_ = {"--cleanup-interval-ms", "10"};
  load_.compacted = true;
  Run(testing::ScaledRuns(10), [&](e2e::Broker&, FaultRun& run, MixedLoad& load) {
    EXPECT_TRUE(load.WaitForAcks(40, seconds(30))) << "some segments of each partition";
    LetWork(load, milliseconds(100));
    run.KillAndRestart();
  });
}

TEST_F(BrokerFault, ABrokerThatStoodStillGoesOn) {
  // A long run has the time for a long standstill.
  const milliseconds most = seconds(testing::ScaledRuns(1) > 1 ? 60 : 3);
  Run(testing::ScaledRuns(3), [&](e2e::Broker& broker, FaultRun&, MixedLoad& load) {
    LetWork(load, milliseconds(100));
    broker.Signal(SIGSTOP);
    // Nothing can be acknowledged now, so this takes its time.
    load.WaitForAcks(1'000'000, dice_.Between(seconds(1), most));
    broker.Signal(SIGCONT);
  });
}

// Tells the broker another time than it is, and nobody else.
class FakeClock {
 public:
  explicit FakeClock(std::filesystem::path file) : file_(std::move(file)) { Set(seconds(0)); }

  std::vector<std::string> launcher() const {
    return {"/usr/bin/env",
            "LD_PRELOAD=" STRATA_FAKETIME_LIBRARY,
            "FAKETIME_TIMESTAMP_FILE=" + file_.string(),
            "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "ASAN_OPTIONS=verify_asan_link_order=0"};
  }

  // The difference to the real time, from now on.
  void Set(seconds offset) {
    const std::filesystem::path next = file_.string() + ".next";
    std::ofstream(next) << (offset.count() < 0 ? "" : "+") << offset.count() << "\n";
    std::filesystem::rename(next, file_);
  }

 private:
  const std::filesystem::path file_;
};

TEST_F(BrokerFault, AClockThatJumpsHarmsNothing) {
  constexpr seconds kHour = std::chrono::hours(1);
  constexpr seconds kAlmostTenYears = std::chrono::hours(24 * 3'649);
  const testing::TempDir directory;
  FakeClock clock(directory / "time");
  launcher_ = clock.launcher();
  load_.config["max.timestamp.ahead.ms"] = std::to_string(milliseconds(kAlmostTenYears).count());
  Run(testing::ScaledRuns(10), [&](e2e::Broker&, FaultRun& run, MixedLoad& load) {
    for (int jumps = 0; jumps < 3; ++jumps) {
      const seconds jump = dice_.OneIn(2) ? kHour : kAlmostTenYears;
      clock.Set(dice_.OneIn(2) ? jump : -jump);
      EXPECT_TRUE(load.WaitForAcks(3, seconds(30)));
    }
    if (dice_.OneIn(2)) run.KillAndRestart();
    clock.Set(seconds(0));
  });
}

TEST_F(BrokerFault, AFullDiskRefusesAppendsAndNothingElse) {
  constexpr std::int64_t kDiskBytes = 96 << 20;
  constexpr std::int64_t kReserveBytes = 16 << 20;
  const testing::TempDir directory;
  SmallDisk disk(directory.path(), kDiskBytes);
  arguments_ = {"--disk-reserve-bytes", std::to_string(kReserveBytes)};
  load_.delivery_timeout = milliseconds(500);
  place_ = directory.path();
  Run(testing::ScaledRuns(20), [&](e2e::Broker&, FaultRun& run, MixedLoad& load) {
    disk.FillUpTo(dice_.Between(kReserveBytes / 2, kReserveBytes + (4 << 20)));
    EXPECT_TRUE(load.WaitForFailures(3, seconds(30)));
    EXPECT_GT(disk.free_bytes(), kReserveBytes / 4) << "the reserve was used up";
    EXPECT_TRUE(load.WaitForChanges(2, seconds(30))) << "the truth must go on";
    if (dice_.OneIn(3)) run.KillAndRestart();
    disk.Free();
  });
}

}  // namespace
}  // namespace strata::fault
