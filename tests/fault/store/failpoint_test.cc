// A process that works on a store of the real file system ends without a word before, or right
// after, a chosen operation. The next one finds all that was acknowledged.
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/history/checker.h"
#include "tests/fault/history/event_text.h"
#include "tests/fault/seed.h"
#include "tests/fault/store/aborting_file_system.h"
#include "tests/fault/store/workload.h"
#include "tests/support/disk/simulated_file.h"
#include "tests/support/temp_dir.h"

namespace strata::testing {
namespace {

constexpr char kPointVariable[] = "STRATA_FAILPOINT";  // directory operation nth after seed
constexpr char kHistoryFile[] = "/history";

storage::LocalStoreOptions OptionsFor(const std::string& directory, storage::FileSystem& files) {
  storage::LocalStoreOptions options;
  options.data_dir = directory + "/data";
  options.log_writers = 2;
  options.file_system = &files;
  options.stable_note_interval = std::chrono::milliseconds(1);
  options.cleanup_interval = std::chrono::milliseconds(0);  // the workload asks for it
  return options;
}

// Run by the test below in a process of its own.
TEST(FailpointProcess, DISABLED_WorksUntilItsFailpoint) {
  std::istringstream given(std::getenv(kPointVariable));
  std::string directory;
  int operation = 0;
  Failpoint point;
  std::uint64_t seed = 0;
  given >> directory >> operation >> point.nth >> point.after >> seed;
  point.operation = static_cast<Operation>(operation);

  const int out = open((directory + kHistoryFile).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
  ASSERT_GE(out, 0);
  History history([out](const EventBody& event) {
    const std::string line = EncodeEvent(event) + "\n";
    if (write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
  });
  AbortingFileSystem files(point);
  Workload workload(history);
  const auto store = storage::LocalStore::Open(OptionsFor(directory, files)).value();
  ASSERT_TRUE(workload.OpenPartitions(*store).has_value());
  workload.Run(*store, {}, seed);
  ASSERT_TRUE(store->Close().has_value());
}

// Starts the process above and returns its exit status.
int RunUntil(const std::string& directory, const Failpoint& point, std::uint64_t seed) {
  const std::string value = directory + " " + std::to_string(static_cast<int>(point.operation)) +
                            " " + std::to_string(point.nth) + " " + std::to_string(point.after) +
                            " " + std::to_string(seed);
  setenv(kPointVariable, value.c_str(), /*overwrite=*/1);
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    const std::array<const char*, 4> arguments = {"/proc/self/exe",
                                                  "--gtest_filter=FailpointProcess.*",
                                                  "--gtest_also_run_disabled_tests", nullptr};
    execv(arguments[0], const_cast<char* const*>(arguments.data()));
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void AddHistoryOf(const std::string& directory, History& history) {
  std::ifstream lines(directory + kHistoryFile);
  for (std::string line; std::getline(lines, line);) {
    if (auto event = DecodeEvent(line)) history.Add(*std::move(event));
  }
}

class FailpointTest : public ::testing::TestWithParam<Operation> {};

TEST_P(FailpointTest, WhatWasAckedIsThereAfterAnEndBeforeAndAfterIt) {
  const std::uint64_t seed = FaultSeed();
  Dice dice(seed + static_cast<unsigned>(GetParam()));
  const int runs = ScaledRuns(3);
  int reached = 0;
  for (int run = 0; run < 2 * runs && !HasFailure(); ++run) {
    // At the first one, which every life comes to, and then later and later.
    const Failpoint point{GetParam(), 1 + Roll(dice, std::uint64_t{1} << run % 12 / 2 * 2),
                          run % 2 == 1};
    SCOPED_TRACE(std::string(point.after ? "after " : "before ") +
                 std::string(Describe(point.operation)) + " number " + std::to_string(point.nth));
    const TempDir directory;
    const int status = RunUntil(directory.path(), point, dice());
    ASSERT_TRUE(status == AbortingFileSystem::kExitStatus || status == 0) << status;
    reached += status == 0 ? 0 : 1;
    History history(/*also=*/nullptr, /*first_call=*/1'000'000);
    AddHistoryOf(directory.path(), history);
    history.Add(Restarted{/*unflushed_lost=*/false});
    Workload workload(history, /*first_payload=*/1'000'000);
    auto store =
        storage::LocalStore::Open(OptionsFor(directory.path(), storage::FileSystem::Real()));
    ASSERT_TRUE(store.has_value()) << store.error().message;
    ASSERT_TRUE(workload.OpenPartitions(**store).has_value());
    const Result<void> read = workload.ReadEverything(**store);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    // Some damage shows only when it is read.
    const Result<void> health = Workload::Health(**store);
    ASSERT_TRUE(health.has_value()) << health.error().message;
    const Result<void> progress = workload.ProveProgress(**store);
    EXPECT_TRUE(progress.has_value()) << progress.error().message;
    EXPECT_EQ(Describe(CheckHistory(history.events())), "");
  }
  EXPECT_GT(reached, 0) << "no process came to its failpoint";
  RecordProperty("processes", 2 * runs);
}

std::string NameOf(const ::testing::TestParamInfo<Operation>& info) {
  std::string name(Describe(info.param));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EachOperation, FailpointTest,
                         ::testing::Values(Operation::kCreate, Operation::kWrite,
                                           Operation::kAllocate, Operation::kTruncate,
                                           Operation::kSync, Operation::kSyncAll,
                                           Operation::kSyncDirectory, Operation::kCreateDirectory,
                                           Operation::kRename, Operation::kRemoveFile),
                         NameOf);

}  // namespace
}  // namespace strata::testing
