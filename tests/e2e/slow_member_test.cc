// A member that is too slow for its broker loses what it holds, and goes on.

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/group_view.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;

class SlowMember : public ::testing::Test {
 protected:
  PartitionView View() { return DescribeGroup(strata_, "g").at({"t", 0}); }

  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data", {"--max-processing-ms", "3000"}};
  StrataCommand strata_{broker_.address()};
};

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

TEST_F(SlowMember, WhoseReaderPausesForLongReadsOnAfterwards) {
  constexpr int kRecords = 20'000;
  strata_.Expect({"topic", "create", "t"});
  std::string lines;
  for (int i = 0; i < kRecords; ++i) lines += std::string(100, 'x') + "\n";
  strata_.Expect({"produce", "t"}, lines);

  StillPipe pipe(dir_ / "pipe");
  Child member(strata_.CommandLine({"consume", "t", "--group", "g"}),
               {.output = dir_ / "pipe", .errors = dir_ / "errors"});
  ASSERT_TRUE(member.WaitUntil([&] {
    return strata_({"group", "describe", "g"}).status == 0 && View().current > 0;
  })) << ReadFile(dir_ / "errors");
  ASSERT_TRUE(member.WaitUntil([&] { return View().member.empty(); })) << "it is fast enough";
  EXPECT_EQ(View().committed, -1);

  pipe.Drain();
  EXPECT_TRUE(member.WaitUntil([&] { return View().committed == kRecords; }))
      << ReadFile(dir_ / "errors");
  EXPECT_THAT(ReadFile(dir_ / "errors"), HasSubstr("partition 0 of 't' is lost"));
  member.Signal(SIGINT);
  EXPECT_EQ(member.Wait(), 0) << ReadFile(dir_ / "errors");
}

}  // namespace
}  // namespace strata::e2e
