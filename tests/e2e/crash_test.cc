// The broker dies, or is stopped: what was acknowledged is there afterwards.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <set>

#include "client/lib/connection.h"
#include "client/lib/producer.h"
#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

class Crash : public E2eTest {
 protected:
  std::string ReadAll(const std::string& format = "%s\\n") {
    return strata_.Expect(
        {"consume", "t", "--from", "beginning", "--exit-at-end", "--format", format});
  }
};

std::string Numbers(int from, int to) {
  std::string lines;
  for (int i = from; i < to; ++i) lines += std::to_string(i) + "\n";
  return lines;
}

TEST_F(Crash, WhatWasProducedSurvivesKill) {
  strata_.Expect({"topic", "create", "t"});
  for (int round = 0; round < 3; ++round) {
    strata_.Expect({"produce", "t"}, Numbers(round * 10'000, (round + 1) * 10'000));
    broker_.Kill();
    broker_.Start();
    EXPECT_TRUE(SameBytes(ReadAll(), Numbers(0, (round + 1) * 10'000)));
  }
}

// Which record is at which offset, as the broker has said while it lived.
class Acknowledged {
 public:
  void Add(int value, Offset offset) {
    const std::lock_guard lock(mutex_);
    offsets_[offset] = value;
    more_.notify_all();
  }
  bool WaitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, kPatience, [&] { return offsets_.size() >= count; });
  }
  std::map<Offset, int> Take() {
    const std::lock_guard lock(mutex_);
    return offsets_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::map<Offset, int> offsets_;
};

TEST_F(Crash, EveryRecordAcknowledgedBeforeKillIsAtItsOffset) {
  strata_.Expect({"topic", "create", "t"});
  constexpr int kRecords = 20'000;
  Acknowledged acknowledged;
  {
    auto connection = Connection::Open({.broker = broker_.address()});
    ASSERT_TRUE(connection.has_value()) << connection.error().message;
    auto producer = Producer::Open(*connection, "t", {.batch_bytes = 4096});
    ASSERT_TRUE(producer.has_value()) << producer.error().message;
    std::atomic<bool> failed = false;
    const auto send = [&](int value) {
      (*producer)->Send({.value = std::to_string(value)}, [&, value](const Result<Placed>& placed) {
        if (placed) {
          acknowledged.Add(value, placed->offset);
        } else {
          failed = true;
        }
      });
    };
    for (int value = 0; value < kRecords; ++value) send(value);
    ASSERT_TRUE(acknowledged.WaitFor(5'000));
    broker_.Kill();
    // Under way when there is no broker.
    for (int value = kRecords; value < 2 * kRecords; ++value) send(value);
    broker_.Start();
    (*producer)->Flush();
    EXPECT_FALSE(failed);
  }

  std::map<Offset, int> found;
  std::istringstream output(ReadAll("%o %s\\n"));
  Offset offset = 0;
  int value = 0;
  while (output >> offset >> value) {
    ASSERT_EQ(static_cast<std::size_t>(offset), found.size()) << "offsets are not dense";
    found[offset] = value;
  }
  for (const auto& [at, expected] : acknowledged.Take()) {
    ASSERT_TRUE(found.contains(at)) << "acknowledged, and gone: offset " << at;
    ASSERT_EQ(found[at], expected) << "at offset " << at;
  }
}

TEST_F(Crash, AProducerCarriesOnWhenTheBrokerIsBack) {
  constexpr int kLines = 1'000'000;  // more than it sends before it is stopped
  strata_.Expect({"topic", "create", "t"});
  Background produce(strata_, {"produce", "t"}, Numbers(0, kLines));
  ASSERT_TRUE(produce.process().WaitUntil([&] {
    return !strata_.Expect({"consume", "t", "--max-records", "1", "--from", "beginning"}).empty();
  }));
  produce.process().Signal(SIGSTOP);
  broker_.Kill();
  ASSERT_FALSE(produce.process().Wait(std::chrono::milliseconds(0))) << "it was done already";
  broker_.Start();
  produce.process().Signal(SIGCONT);
  EXPECT_EQ(produce.process().Wait(), 0) << produce.Errors();

  EXPECT_TRUE(SameBytes(ReadAll(), Numbers(0, kLines)));
}

TEST_F(Crash, CleanStopEndsWithZeroAndKeepsEverything) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t", "--durability", "none"}, Numbers(0, 10'000));
  EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  broker_.Start();
  EXPECT_TRUE(SameBytes(ReadAll(), Numbers(0, 10'000)));
}

TEST_F(Crash, AStartAfterACleanStopDoesNotReadTheLogs) {
  constexpr int kLogBytes = 16 << 20;
  strata_.Expect({"topic", "create", "t"});
  const std::string line = std::string(1 << 20, 'x') + "\n";
  std::string lines;
  while (lines.size() < kLogBytes) lines += line;
  strata_.Expect({"produce", "t"}, lines);
  EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  broker_.Start();
  EXPECT_LT(broker_.BytesRead(), kLogBytes / 8);
}

TEST_F(Crash, OffsetsGoOnAfterKillAndAfterStop) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "a\n");
  broker_.Kill();
  broker_.Start();
  strata_.Expect({"produce", "t"}, "b\n");
  EXPECT_EQ(broker_.Stop(), 0);
  broker_.Start();
  strata_.Expect({"produce", "t"}, "c\n");
  EXPECT_EQ(ReadAll("%o%s\\n"), "0a\n1b\n2c\n");
}

TEST_F(Crash, TopicsAndTheirConfigurationSurviveKill) {
  strata_.Expect({"topic", "create", "t", "--partitions", "4", "--config", "durability=os"});
  strata_.Expect({"topic", "create", "gone"});
  strata_.Expect({"topic", "delete", "gone"});
  const std::string before = strata_.Expect({"topic", "describe", "t", "--output", "json"});
  broker_.Kill();
  broker_.Start();
  EXPECT_EQ(strata_.Expect({"topic", "describe", "t", "--output", "json"}), before);
  EXPECT_EQ(strata_({"topic", "describe", "gone"}).status, 1);
}

TEST_F(Crash, StopDoesNotWaitForIdleClients) {
  // Much longer than this test waits for the stop.
  Broker broker(dir_ / "patient", {"--shutdown-timeout-ms", "600000"});
  const StrataCommand strata(broker.address());
  strata.Expect({"topic", "create", "t"});
  strata.Expect({"produce", "t"}, "a\n");
  Background member(strata, {"consume", "t", "--group", "g"});
  Background reader(strata, {"consume", "t"});
  ASSERT_TRUE(member.WaitForLines(1)) << member.Errors();
  ASSERT_TRUE(reader.WaitForLines(1)) << reader.Errors();
  EXPECT_EQ(broker.Stop(), 0) << broker.Log();
}

}  // namespace
}  // namespace strata::e2e
