// A process that appends is killed with SIGKILL; what it had acknowledged is found afterwards.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::ReadAll;
using strata::testing::ReadRecord;
using strata::testing::SendAppend;

constexpr PartitionId kPartition{1, 0};
constexpr char kDirectoryVariable[] = "STRATA_KILL_TEST_DIRECTORY";

LogOptions SmallSegments() {
  LogOptions options;
  options.segment_bytes = 20'000;
  return options;
}

// What no line of a log and no test's name holds.
constexpr char kAck = '\x06';

// Run by the test below in a process of its own. Writes a byte to standard output for each ack.
TEST(KilledProcess, DISABLED_AppendsUntilItIsKilled) {
  const char* directory = std::getenv(kDirectoryVariable);
  ASSERT_NE(directory, nullptr);
  LogPlace place(directory);
  const auto store = place.Open();
  ASSERT_TRUE(store->Open(kPartition, SmallSegments()).has_value());
  constexpr std::size_t kInFlight = 50;
  Acks acks;
  Offset offset = store->Ends(kPartition)->log_end;
  for (std::size_t sent = 0;; ++sent, ++offset) {
    if (sent > kInFlight) acks.WaitForCount(sent - kInFlight);
    SendAppend(*store, kPartition, MakeBatch({std::to_string(offset)}), Durability::kFsync,
               [acked = acks.Expect()](const Result<AppendResult>& result) {
                 if (!result || write(STDOUT_FILENO, &kAck, 1) != 1) std::abort();
                 acked(result);
               });
  }
}

// Starts the process above, and kills it when it has acknowledged so many appends. Returns how many
// it had.
int AppendInAnotherProcess(const std::string& directory, int acks) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    setenv(kDirectoryVariable, directory.c_str(), 1);
    execl("/proc/self/exe", "kill_test", "--gtest_filter=KilledProcess.*", "--gtest_brief=1",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(1);
  }
  close(pipe_ends[1]);
  int seen = 0;
  char byte;
  while (seen < acks && read(pipe_ends[0], &byte, 1) == 1) seen += byte == kAck;
  kill(child, SIGKILL);
  while (read(pipe_ends[0], &byte, 1) == 1) seen += byte == kAck;
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it has ended by itself";
  return seen;
}

TEST(KillTest, WhatWasAckedBeforeAKillIsFoundAfterwards) {
  const strata::testing::TempDir directory;
  std::size_t acked = 0;
  for (const int acks : {1, 300, 1000}) {
    acked += static_cast<std::size_t>(AppendInAnotherProcess(directory.path(), acks));
    LogPlace place(directory.path());
    const auto store = place.Open();
    ASSERT_TRUE(store->Open(kPartition, SmallSegments()).has_value());
    EXPECT_TRUE(store->Status(kPartition)->health.has_value());
    const auto records = ReadAll(*store, kPartition, 0);
    EXPECT_GE(records.size(), acked);
    for (std::size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(records[i], (ReadRecord{static_cast<Offset>(i), std::to_string(i)}));
    }
  }
}

}  // namespace
}  // namespace strata::storage
