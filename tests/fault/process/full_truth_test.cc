// Another program takes the last byte of the disk, so that even what the reserve is for finds no
// room, and gives it back later. The broker is not restarted.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/admin.h"
#include "client/lib/consumer.h"
#include "client/lib/producer.h"
#include "tests/fault/process/dice.h"
#include "tests/fault/process/small_disk.h"
#include "tests/fault/seed.h"
#include "tests/support/http_get.h"
#include "tests/support/process/broker.h"
#include "tests/support/process/files.h"
#include "tests/support/temp_dir.h"

namespace strata::fault {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kDiskBytes = 64 << 20;
constexpr std::int64_t kReserveBytes = 4 << 20;
constexpr int kRecords = 100'000;
// Beyond what a log has reserved of the disk.
constexpr std::int64_t kManyBytes = 24 << 20;
constexpr std::chrono::milliseconds kPoll{100};

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class FullTruth : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(admin_.CreateTopic("t", 1));
    ProducerOptions options;
    const auto producer = *Producer::Open(connection_, "t", options);
    for (int i = 0; i < kRecords; ++i) producer->Send({.value = "v"}, {}, 0);
    producer->Flush();
    Join();
  }

  // Until it holds the partition, and may commit.
  void Join() {
    consumer_.reset();
    consumer_ = *Consumer::Open(connection_, {.group = "g", .topics = {"t"}});
    ASSERT_TRUE(e2e::Eventually([&] {
      const auto records = consumer_->Poll(kPoll);
      if (!records || records->empty()) return false;
      generation_ = records->front().generation;
      return true;
    }));
  }

  // Remembers what was acknowledged.
  Result<void> CommitNext() {
    const Offset next = committed_ + 1;
    Result<void> done = consumer_->Commit({{{"t", 0}, next, generation_, ""}});
    if (done) committed_ = next;
    return done;
  }

  Offset ShownAsCommitted() {
    const auto described = admin_.DescribeGroup("g");
    return described ? described->partitions.at(0).committed : kNoOffset;
  }

  // The rest of the last page of a file is room, too.
  void FillUntilCommitsAreRefused() {
    for (int attempt = 0; attempt < 1'000; ++attempt) {
      disk_.FillUpTo(0);
      const auto done = CommitNext();
      if (done) continue;
      EXPECT_EQ(done.error().code, ErrorCode::DISK_FULL) << done.error().message;
      return;
    }
    FAIL() << "the disk is never full";
  }

  // Gives up after six seconds; what it says is in errors_.
  e2e::Child ProduceManyLines(std::chrono::seconds delivery_timeout) {
    std::string lines;
    while (std::ssize(lines) < kManyBytes) lines += std::string(1'000, 'x') + "\n";
    e2e::WriteFile(directory_ / "lines", lines);
    return e2e::Child({STRATA_BINARY, "--broker", broker_.address(), "produce", "t",
                       "--delivery-timeout", std::to_string(delivery_timeout.count())},
                      {.input = directory_ / "lines", .errors = errors_});
  }

  std::string Health() { return testing::HttpRequest(broker_.http_address(), "GET", "/healthz"); }
  std::string Metrics() { return testing::HttpRequest(broker_.http_address(), "GET", "/metrics"); }

  std::filesystem::path MakeMountPoint() {
    std::filesystem::create_directory(directory_ / "data");
    return directory_ / "data";
  }

  Dice dice_{testing::FaultSeed()};
  const testing::TempDir directory_;
  const std::filesystem::path errors_ = directory_ / "errors";
  // Its log is beside it, on another disk.
  SmallDisk disk_{MakeMountPoint(), kDiskBytes};
  e2e::Broker broker_{
      directory_ / "data",
      {"--disk-reserve-bytes", std::to_string(kReserveBytes), "--http-listen", "127.0.0.1:0"}};
  std::shared_ptr<Connection> connection_ = *Connection::Open({.broker = broker_.address()});
  Admin admin_{connection_};
  std::unique_ptr<Consumer> consumer_;
  std::int64_t generation_ = 0;
  Offset committed_ = 0;
};

TEST_F(FullTruth, RecoversByItselfAndShowsOnlyWhatIsStored) {
  const int rounds = testing::ScaledRuns(6);
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    for (auto i = dice_.Between(1, 50); i > 0; --i) ASSERT_TRUE(CommitNext());
    FillUntilCommitsAreRefused();
    for (auto i = dice_.Between(1, 5); i > 0; --i) {
      EXPECT_EQ(CommitNext().error().code, ErrorCode::DISK_FULL);
    }
    EXPECT_EQ(ShownAsCommitted(), committed_);
    EXPECT_EQ(admin_.CreateTopic("refused", 1).error().code, ErrorCode::DISK_FULL);
    EXPECT_THAT(Health(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("cannot be written")));
    EXPECT_THAT(Metrics(), HasSubstr("\nstrata_truth_failed 1\n"));

    disk_.Free();
    EXPECT_TRUE(e2e::Eventually([&] { return Health().starts_with("HTTP/1.1 200 "); }));
    EXPECT_THAT(Metrics(), HasSubstr("\nstrata_truth_failed 0\n"));
    EXPECT_EQ(ShownAsCommitted(), committed_) << "what was refused has happened";
    if (dice_.OneIn(2)) {
      broker_.Kill();
      broker_.Start();
      EXPECT_TRUE(e2e::Eventually([&] { return ShownAsCommitted() >= 0; }));
      EXPECT_EQ(ShownAsCommitted(), committed_) << "what was refused is stored";
      Join();
    }
    const auto committed = CommitNext();
    EXPECT_TRUE(committed) << committed.error().message;
    const std::string topic = "after-" + std::to_string(round);
    const auto created = admin_.CreateTopic(topic, 1);
    EXPECT_TRUE(created) << created.error().message;
    EXPECT_EQ(ShownAsCommitted(), committed_);
    EXPECT_EQ(admin_.DescribeTopic("refused").error().code, ErrorCode::UNKNOWN_TOPIC);
  }
  RecordProperty("rounds", rounds);
}

TEST_F(FullTruth, TheLogSaysOnceThatItHasFailedAndOnceThatItIsBack) {
  FillUntilCommitsAreRefused();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(CommitNext());
  disk_.Free();
  ASSERT_TRUE(e2e::Eventually([&] { return Health().starts_with("HTTP/1.1 200 "); }));
  const std::string log = broker_.Log();
  EXPECT_EQ(CountOf(log, "it refuses all changes until it has been opened anew"), 1U) << log;
  EXPECT_EQ(CountOf(log, "has been opened anew and takes writes again"), 1U) << log;
}

TEST_F(FullTruth, TheCommandSaysWhyItWaitsAndGivesUpWithTheRightError) {
  FillUntilCommitsAreRefused();
  e2e::Child produce = ProduceManyLines(std::chrono::seconds(6));
  EXPECT_EQ(produce.Wait(), 1);
  const std::string said = e2e::ReadFile(errors_);
  EXPECT_EQ(CountOf(said, "the broker refuses the records; trying again: "), 1U) << said;
  EXPECT_THAT(said, HasSubstr("DISK_FULL"));
  EXPECT_THAT(said, HasSubstr("free space on the broker's disk"));
  EXPECT_EQ(CountOf(broker_.Log(), "appends are refused"), 1U) << broker_.Log();

  disk_.Free();
  e2e::WriteFile(directory_ / "line", "later\n");
  e2e::Child later({STRATA_BINARY, "--broker", broker_.address(), "produce", "t"},
                   {.input = directory_ / "line"});
  EXPECT_EQ(later.Wait(), 0) << "appends go on";
}

TEST_F(FullTruth, ARecordThatHasAnAttemptUnderWayInTheEndIsToldWhatItHasWaitedFor) {
  FillUntilCommitsAreRefused();
  // It says so after three to five seconds, and sends again within two more.
  e2e::Child produce = ProduceManyLines(std::chrono::seconds(10));
  EXPECT_TRUE(produce.WaitUntil([&] {
    return e2e::ReadFile(errors_).find("trying again: ") != std::string::npos;
  })) << e2e::ReadFile(errors_);
  broker_.Signal(SIGSTOP);
  EXPECT_EQ(produce.Wait(), 1);
  broker_.Signal(SIGCONT);
  const std::string said = e2e::ReadFile(errors_);
  EXPECT_THAT(said, HasSubstr("(TIMEOUT)"));
  EXPECT_THAT(said, HasSubstr("free space on the broker's disk"));
}

TEST_F(FullTruth, AGroupGoesOnAndCommitsWhenThereIsRoom) {
  FillUntilCommitsAreRefused();
  consumer_.reset();
  e2e::Child consume({STRATA_BINARY, "--broker", broker_.address(), "consume", "t", "--group", "g"},
                     {.errors = errors_});
  EXPECT_TRUE(consume.WaitUntil([&] {
    return e2e::ReadFile(errors_).find("the broker refuses the commits") != std::string::npos;
  })) << e2e::ReadFile(errors_);
  EXPECT_EQ(ShownAsCommitted(), committed_);
  disk_.Free();
  EXPECT_TRUE(e2e::Eventually([&] { return ShownAsCommitted() == kRecords; }));
  EXPECT_TRUE(consume.WaitUntil([&] {
    return e2e::ReadFile(errors_).find("takes the commits again") != std::string::npos;
  })) << e2e::ReadFile(errors_);
}

}  // namespace
}  // namespace strata::fault
