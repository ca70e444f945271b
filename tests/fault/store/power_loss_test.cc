// The power fails at every moment there is: after each change of the disk, while a store works,
// while it opens, and while it recovers from the power failure before.
#include <gtest/gtest.h>

#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"

namespace strata::testing {
namespace {

constexpr int kLivesOfADisk = 8;

void LosePower(Lives& lives) {
  const bool lose_all = Roll(lives.dice(), 4) == 0;
  lives.LosePower(lose_all ? PendingEntries::kLoseAll : PendingEntries::kKeepFirst);
}

// One life that ends with the power, at the `nth` change if there are as many, or later.
void LiveUntilPowerFails(Lives& lives, std::uint64_t nth, const WorkOptions& work) {
  lives.disk().CutPowerAt(nth);
  if (lives.OpenAndReadUntilPowerFails()) lives.Work(work);
  LosePower(lives);
}

// One whose store is closed in order. The power fails while it is, or behind it.
void LiveUntilClosed(Lives& lives, const WorkOptions& work) {
  constexpr std::uint64_t kTwiceTheChanges = 60;  // that closing makes
  lives.OpenAndRead();
  if (::testing::Test::HasFailure()) return;
  lives.Work(work);
  lives.disk().CutPowerAt(1 + Roll(lives.dice(), kTwiceTheChanges));
  lives.Close();
  LosePower(lives);
}

// How many changes a whole life makes.
std::uint64_t ChangesOfALife(std::uint64_t seed, const WorkOptions& work) {
  Lives lives(seed);
  lives.OpenAndRead();
  lives.Work(work);
  return lives.disk().changes();
}

TEST(PowerLossTest, NothingThatWasAckedIsLostWheneverThePowerFails) {
  const std::uint64_t seed = FaultSeed();
  const int disks = ScaledRuns(2000 / kLivesOfADisk);
  const WorkOptions work;
  const std::uint64_t changes = ChangesOfALife(seed, work);
  OnManyDisks(disks, [&](int disk) {
    Lives lives(seed + static_cast<unsigned>(disk));
    // Disk by disk the first failure comes at a later change, until each has had its turn.
    LiveUntilPowerFails(lives, 1 + static_cast<unsigned>(disk) % changes, work);
    for (int life = 1; life < kLivesOfADisk; ++life) {
      if (Roll(lives.dice(), 8) == 0) {
        LiveUntilClosed(lives, work);
      } else {
        LiveUntilPowerFails(lives, 1 + Roll(lives.dice(), changes), work);
      }
    }
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    lives.ExpectProgress();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", disks * kLivesOfADisk);
}

TEST(PowerLossTest, WhatWasAckedSinceACleanStopIsThereAfterThePowerHasFailed) {
  const std::uint64_t seed = FaultSeed();
  const int disks = ScaledRuns(100);
  OnManyDisks(disks, [&](int disk) {
    Lives lives(seed + static_cast<unsigned>(disk));
    lives.OpenAndRead();
    lives.Work({.steps = 5});
    lives.StopCleanly();
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    // Nothing but appends: whatever else is flushed would flush what is known of the logs, too.
    lives.Work({.clients = 1, .steps = 3, .only_appends = true});
    LosePower(lives);
    lives.OpenAndRead();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", disks * 2);
}

}  // namespace
}  // namespace strata::testing
