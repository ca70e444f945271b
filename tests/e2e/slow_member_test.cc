// A member that is too slow for its broker loses what it holds, and goes on.

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/lib/connection.h"
#include "client/lib/producer.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/group_view.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;

// A pipe that nobody reads until the test wants it to be read.
class StillPipe {
 public:
  explicit StillPipe(const std::filesystem::path& path) {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    // Who writes can open it only when somebody may read.
    fd_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(fd_, 0);
  }
  ~StillPipe() {
    if (reader_.joinable()) reader_.join();
    close(fd_);
  }

  // Begins to read, until the other end is closed, and forgets what comes.
  void Drain() {
    fcntl(fd_, F_SETFL, 0);
    reader_ = std::thread([this] {
      char bytes[1 << 16];
      while (read(fd_, bytes, sizeof(bytes)) > 0) {
      }
    });
  }

 private:
  int fd_ = -1;
  std::thread reader_;
};

constexpr int kRecords = 20'000;              // more than a pipe holds, and than is written at once
constexpr std::size_t kBatchBytes = 900'000;  // more records than a member of these tests asks for

class SlowMember : public ::testing::Test {
 protected:
  void SetUp() override {
    strata_.Expect({"topic", "create", "t"});
    const auto producer =
        *Producer::Open(*Connection::Open({.broker = broker_.address()}), "t",
                        {.batch_bytes = kBatchBytes, .linger = std::chrono::minutes(1)});
    const std::string value(100, 'x');
    for (int i = 0; i < kRecords; ++i) producer->Send({.value = value}, nullptr);
    producer->Flush();
  }

  std::vector<std::string> Consume(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"consume", "t", "--group", "g"});
    return strata_.CommandLine(options);
  }

  // Nobody reads what `member` writes until it has lost what it holds.
  void ReadWhenAllIsLost(Child& member) {
    ASSERT_TRUE(member.WaitUntil([&] {
      return strata_({"group", "describe", "g"}).status == 0 && View().current > 0;
    })) << Errors();
    ASSERT_TRUE(member.WaitUntil([&] { return View().member.empty(); })) << "it is fast enough";
    EXPECT_EQ(View().committed, -1);
    pipe_.Drain();
  }

  std::string Errors() const { return ReadFile(dir_ / "errors"); }
  PartitionView View() { return DescribeGroup(strata_, "g").at({"t", 0}); }

  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data", {"--max-processing-ms", "3000"}};
  StrataCommand strata_{broker_.address()};
  StillPipe pipe_{dir_ / "pipe"};
  const ChildStreams streams_{.output = dir_ / "pipe", .errors = dir_ / "errors"};
};

TEST_F(SlowMember, ThatDoesAsTheExampleGoesOnWhenItsGroupIsMovedWhileItWorks) {
  Child example({STRATA_EXAMPLE_BINARY, broker_.address(), "t", "g"}, streams_);
  ASSERT_TRUE(example.WaitUntil([&] {
    return strata_({"group", "describe", "g"}).status == 0 && View().current > 0;
  })) << Errors();
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning"});
  pipe_.Drain();
  EXPECT_EQ(example.Wait(), 0) << Errors();
  EXPECT_EQ(View().committed, kRecords);
}

TEST_F(SlowMember, ThatDoesAsTheExampleGoesOnWhenTheBrokerWasAway) {
  Child example({STRATA_EXAMPLE_BINARY, broker_.address(), "t", "g"}, streams_);
  ASSERT_TRUE(example.WaitUntil([&] {
    return strata_({"group", "describe", "g"}).status == 0 && View().current > 0;
  })) << Errors();
  broker_.Stop();
  broker_.Start();
  pipe_.Drain();
  EXPECT_EQ(example.Wait(), 0) << Errors();
  EXPECT_EQ(View().committed, kRecords);
}

TEST_F(SlowMember, WhoseReaderPausesForLongReadsOnAfterwards) {
  Child member(Consume(), streams_);
  ReadWhenAllIsLost(member);
  EXPECT_TRUE(member.WaitUntil([&] { return View().committed == kRecords; })) << Errors();
  EXPECT_THAT(Errors(), HasSubstr("partition 0 of 't' is lost"));
  member.Signal(SIGINT);
  EXPECT_EQ(member.Wait(), 0) << Errors();
}

TEST_F(SlowMember, ThatSaysHowLongItMayBeHeldUpIsTakenAtItsWord) {
  Child member(Consume({"--max-processing", "1"}), streams_);
  ReadWhenAllIsLost(member);
  EXPECT_TRUE(member.WaitUntil([&] { return View().committed == kRecords; })) << Errors();
  EXPECT_THAT(Errors(), HasSubstr("within 1062 ms")) << "a little more, for the way to the broker";
  member.Signal(SIGINT);
  EXPECT_EQ(member.Wait(), 0) << Errors();
}

// With the options that say when it ends, and when it commits.
class SlowMemberWithAnEnd : public SlowMember,
                            public ::testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(SlowMemberWithAnEnd, FailsIfItCouldNotCommit) {
  Child member(Consume(GetParam()), streams_);
  ReadWhenAllIsLost(member);
  EXPECT_EQ(member.Wait(), 1);
  EXPECT_THAT(Errors(), HasSubstr("NO_PROGRESS"));
}

using Options = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Endings, SlowMemberWithAnEnd,
    ::testing::Values(Options{"--max-records", "1000"}, Options{"--max-records", "3000"},
                      Options{"--max-records", "1000", "--commit-every", "1000"},
                      Options{"--max-records", "1000", "--commit-every", "900"}));

}  // namespace
}  // namespace strata::e2e
