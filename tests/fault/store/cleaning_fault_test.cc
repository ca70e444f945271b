// The power and the disk fail while logs are trimmed and compacted: at every step of it, and in the
// order of directory entries that is worst. The other tests clean, too, amid everything else.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"

namespace strata::testing {
namespace {

constexpr int kLivesOfADisk = 8;
// So that each cleaning has something to do.
constexpr WorkOptions kWork{.clients = 2, .steps = 12, .only_appends = true, .only_cleaned = true};

void LosePower(Lives& lives) {
  constexpr PendingEntries kEntries[] = {PendingEntries::kKeepFirst, PendingEntries::kLoseAll,
                                         PendingEntries::kKeepLast, PendingEntries::kKeepRandom};
  lives.LosePower(kEntries[Roll(lives.dice(), 4)]);
}

// How many changes a cleaning makes.
std::uint64_t ChangesOfACleaning(std::uint64_t seed) {
  Lives lives(seed);
  lives.OpenAndRead();
  lives.Work(kWork);
  const std::uint64_t before = lives.disk().changes();
  lives.Clean();
  return lives.disk().changes() - before;
}

// The power fails soon after a compacted segment is put in its place.
void CutPowerAtSwap(Lives& lives) {
  constexpr std::uint64_t kSwapsOfACleaning = 3;
  constexpr std::uint64_t kChangesOfASwap = 4;
  constexpr std::uint64_t kChangesBehindIt = 16;  // until all of it must be on disk
  const auto before = std::make_shared<std::uint64_t>(Roll(lives.dice(), kSwapsOfACleaning));
  const bool in_it = Roll(lives.dice(), 2) == 0;
  const std::uint64_t nth = 1 + Roll(lives.dice(), in_it ? kChangesOfASwap : kChangesBehindIt);
  lives.disk().SetHook([&lives, before, nth](Operation operation, const std::string& path) {
    const bool swaps = operation == Operation::kRename && path.find("/topics/") != path.npos;
    if (swaps && (*before)-- == 0) lives.disk().CutPowerAt(nth);
    return Ok();
  });
}

TEST(CleaningFaultTest, WhatIsToStayIsThereWheneverThePowerFailsOrTheProcessEnds) {
  const std::uint64_t seed = FaultSeed();
  const int disks = ScaledRuns(1000 / kLivesOfADisk);
  const std::uint64_t changes = ChangesOfACleaning(seed);
  ASSERT_GT(changes, 10u) << "nothing was cleaned";
  OnManyDisks(disks, [&](int disk) {
    Lives lives(seed + static_cast<unsigned>(disk));
    for (int life = 0; life < kLivesOfADisk; ++life) {
      lives.OpenAndRead();
      if (::testing::Test::HasFailure()) return;
      if (Roll(lives.dice(), 2) == 0) lives.Clean();
      lives.Work(kWork);
      if (Roll(lives.dice(), 3) == 0) {
        lives.disk().CutPowerAt(1 + Roll(lives.dice(), changes));
      } else {
        CutPowerAtSwap(lives);
      }
      lives.Clean();
      lives.disk().SetHook(nullptr);
      // Or only the process ends there: then all that it has done is seen.
      if (Roll(lives.dice(), 4) == 0) {
        lives.KillProcess();
      } else {
        LosePower(lives);
      }
    }
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    lives.ExpectProgress();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", disks * kLivesOfADisk);
}

// Cleans while a disk fails that is in order otherwise, and works again then.
void CleanOnFailingDisk(Lives& lives, const Fault& fault) {
  lives.OpenAndRead();
  lives.Work(kWork);
  lives.Clean();
  lives.Work(kWork);
  lives.Plan(fault);
  lives.Clean();
  lives.disk().Heal();
}

// The disk fails under the logs that are cleaned, and they are opened anew while the store goes on,
// as far as it can.
void OpenLogsAnew(Lives& lives) {
  lives.Plan(
      {Operation::kWrite, 1, ErrorCode::IO_ERROR, /*for_good=*/true, "/topics/0000000000000004/"});
  lives.Work(kWork);
  lives.disk().Heal();
  lives.OpenAnew();
  lives.Work(kWork);
  lives.Clean();
}

void End(Lives& lives) {
  switch (Roll(lives.dice(), 3)) {
    case 0:
      lives.KillProcess();
      break;
    case 1:
      lives.KillProcessAndEvictPages();
      break;
    default:
      LosePower(lives);
  }
}

// Two more lives, and all of it is there.
void ExpectItGoesOn(Lives& lives) {
  for (int life = 0; life < 2; ++life) {
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    lives.Work(kWork);
    lives.Clean();
    LosePower(lives);
  }
  lives.OpenAndRead();
  if (::testing::Test::HasFailure()) return;
  lives.ExpectProgress();
  lives.ExpectGoodHistory();
}

// What the disk holds of the truth is unknown after that; the next start may find the promise of a
// swap that was given up.
TEST(CleaningFaultTest, APromiseThatMayHaveReachedTheDiskCostsNothing) {
  constexpr std::uint64_t kSyncsOfACleaning = 4;
  const std::uint64_t seed = FaultSeed();
  const int runs = ScaledRuns(24);
  OnManyDisks(runs, [&](int run) {
    Lives lives(seed + static_cast<unsigned>(run));
    const std::uint64_t nth = 1 + Roll(lives.dice(), kSyncsOfACleaning);
    SCOPED_TRACE("sync number " + std::to_string(nth));
    CleanOnFailingDisk(lives, {Operation::kSync, nth, ErrorCode::IO_ERROR, false, "/meta/"});
    OpenLogsAnew(lives);
    lives.KillProcess();
    ExpectItGoesOn(lives);
  });
  RecordProperty("lives", runs * 4);
}

class CleaningErrorTest : public ::testing::TestWithParam<Operation> {};

TEST_P(CleaningErrorTest, WhatIsToStayIsThereWhateverFails) {
  constexpr std::uint64_t kMostUses = 8;  // by a cleaning
  const std::uint64_t seed = FaultSeed();
  const int runs = ScaledRuns(12);
  OnManyDisks(runs, [&](int run) {
    Dice dice(seed + static_cast<unsigned>(run));
    Fault fault{GetParam(), 1 + Roll(dice, kMostUses)};
    fault.for_good = Roll(dice, 3) == 0;
    fault.code = Roll(dice, 3) == 0 ? ErrorCode::DISK_FULL : ErrorCode::IO_ERROR;
    fault.path_part = Roll(dice, 2) == 0 ? "/meta/" : "/topics/";
    SCOPED_TRACE(std::string(Describe(fault.operation)) + " number " + std::to_string(fault.nth) +
                 " of " + fault.path_part + (fault.for_good ? " and all that follow" : ""));
    Lives lives(seed + static_cast<unsigned>(run));
    CleanOnFailingDisk(lives, fault);
    if (Roll(dice, 2) == 0) OpenLogsAnew(lives);
    End(lives);
    ExpectItGoesOn(lives);
  });
  RecordProperty("lives", runs * 4);
}

std::string NameOf(const ::testing::TestParamInfo<Operation>& info) {
  std::string name(Describe(info.param));
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(EachOperation, CleaningErrorTest,
                         ::testing::Values(Operation::kCreate, Operation::kOpen, Operation::kRead,
                                           Operation::kWrite, Operation::kSync,
                                           Operation::kSyncDirectory, Operation::kRename,
                                           Operation::kRemoveFile),
                         NameOf);

}  // namespace
}  // namespace strata::testing
