// The disk fails once, at the k-th operation of a kind, and then works again; or it is full, and
// then there is room again. What was acked is there, nothing is acked that is not, and it goes on.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"

namespace strata::testing {
namespace {

// A life in which something is planned to go wrong, and two after it: one on what the system still
// shows or has forgotten, one on what is on disk.
void LiveThroughFailure(std::uint64_t seed, const Fault& fault) {
  Lives lives(seed);
  lives.OpenAndRead();
  lives.Work();
  switch (Roll(lives.dice(), 3)) {
    case 0:
      lives.KillProcess();
      break;
    case 1:
      lives.StopCleanly();
      break;
    default:
      break;
  }
  lives.Plan(fault);
  // If it does not open because of the fault, then the next time.
  if (lives.is_open() || lives.Open()) {
    lives.Work();
    if (Roll(lives.dice(), 3) == 0) {
      lives.disk().Heal();
      lives.OpenAnew();
      lives.Work();
    }
  }
  if (Roll(lives.dice(), 2) == 0) {
    lives.KillProcess();
  } else {
    lives.KillProcessAndEvictPages();
  }
  lives.disk().Heal();
  lives.OpenAndRead();
  if (::testing::Test::HasFailure()) return;
  lives.ExpectProgress();
  lives.Work();
  lives.LosePower();
  lives.OpenAndRead();
  if (::testing::Test::HasFailure()) return;
  lives.ExpectProgress();
  lives.ExpectGoodHistory();
}

class DiskErrorTest : public ::testing::TestWithParam<Operation> {
 protected:
  // How often the operation is asked for in a life like those of the tests.
  static std::uint64_t UsesOf(Operation operation, std::uint64_t seed) {
    Lives lives(seed);
    lives.OpenAndRead();
    const std::uint64_t before = lives.disk().count(operation);
    lives.Work();
    return lives.disk().count(operation) - before;
  }

  static void FailEachInTurn(ErrorCode code) {
    const std::uint64_t seed = FaultSeed();
    const std::uint64_t uses = std::max<std::uint64_t>(UsesOf(GetParam(), seed), 3);
    // Few flushes of the whole file system are the only ones that what they flush will ever have.
    const int runs = ScaledRuns(3 * 8 * (GetParam() == Operation::kSyncAll ? 4 : 1));
    OnManyDisks(runs, [&](int run) {
      Dice dice(seed + static_cast<unsigned>(run));
      const Fault fault{GetParam(), 1 + Roll(dice, uses), code, Roll(dice, 4) == 0};
      SCOPED_TRACE(std::string(Describe(fault.operation)) + " number " + std::to_string(fault.nth) +
                   (fault.for_good ? " and all that follow" : ""));
      LiveThroughFailure(seed + static_cast<unsigned>(run), fault);
    });
    RecordProperty("lives", runs * 4);
  }
};

TEST_P(DiskErrorTest, AnErrorLosesNothingThatWasAckedAndStopsWhatItMust) {
  FailEachInTurn(ErrorCode::IO_ERROR);
}

TEST_P(DiskErrorTest, AFullDiskLosesNothingThatWasAcked) {
  FailEachInTurn(ErrorCode::DISK_FULL);
}

std::string NameOf(const ::testing::TestParamInfo<Operation>& info) {
  std::string name(Describe(info.param));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EachOperation, DiskErrorTest,
                         ::testing::Values(Operation::kCreate, Operation::kOpen, Operation::kRead,
                                           Operation::kWrite, Operation::kAllocate,
                                           Operation::kTruncate, Operation::kSync,
                                           Operation::kSyncAll, Operation::kSyncDirectory,
                                           Operation::kCreateDirectory, Operation::kRename,
                                           Operation::kRemoveFile, Operation::kExamine,
                                           Operation::kList),
                         NameOf);

TEST(FullDiskTest, WhenThereIsRoomAgainEverythingThatWasAckedIsThere) {
  const std::uint64_t seed = FaultSeed();
  const int runs = ScaledRuns(20);
  OnManyDisks(runs, [&](int run) {
    Lives lives(seed + static_cast<unsigned>(run));
    lives.OpenAndRead();
    lives.Work();
    const std::int64_t used = lives.disk().used_bytes();
    lives.disk().SetCapacity(used + static_cast<std::int64_t>(Roll(lives.dice(), 60'000)));
    lives.Work();
    // It may be full even for opening it; that must not make it worse.
    if (Roll(lives.dice(), 2) == 0) {
      lives.KillProcess();
      if (lives.Open()) lives.Work();
    }
    lives.disk().Heal();
    if (Roll(lives.dice(), 2) == 0) {
      lives.KillProcess();
    } else {
      lives.LosePower();
    }
    lives.OpenAndRead();
    if (::testing::Test::HasFailure()) return;
    lives.ExpectProgress();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", runs * 2);
}

}  // namespace
}  // namespace strata::testing
