// The power fails at every moment there is: after each change of the disk, while a store works,
// while it opens, and while it recovers from the power failure before.
#include <gtest/gtest.h>

#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"

namespace strata::testing {
namespace {

constexpr int kLivesOfADisk = 8;

// One life that ends with the power, at the `nth` change if there are as many, or later.
void LiveUntilPowerFails(Lives& lives, std::uint64_t nth, const WorkOptions& work) {
  lives.disk().CutPowerAt(nth);
  if (lives.OpenAndReadUntilPowerFails()) {
    lives.Work(work);
    if (Roll(lives.dice(), 4) == 0) lives.Close();
  }
  const PendingEntries entries =
      Roll(lives.dice(), 4) == 0 ? PendingEntries::kLoseAll : PendingEntries::kKeepFirst;
  lives.LosePower(entries);
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
      LiveUntilPowerFails(lives, 1 + Roll(lives.dice(), changes), work);
    }
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    lives.ExpectProgress();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", disks * kLivesOfADisk);
}

}  // namespace
}  // namespace strata::testing
