// A broker that nobody asks for anything leaves the processors to others.

#include <chrono>
#include <string>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class Idle : public E2eTest {
 protected:
  // What it was asked before may have left something to do, and what it does once a second comes in
  // this time, too.
  bool ComesToRest() {
    auto since = Clock::now();
    auto before = broker_.CpuTime();
    return Eventually([&] {
      const auto now = Clock::now();
      if (now - since < milliseconds(2'500)) return false;
      const bool rested = broker_.CpuTime() - before < milliseconds(150);
      since = now;
      before = broker_.CpuTime();
      return rested;
    });
  }

  void Produce(const std::string& topic) { strata_.Expect({"produce", topic}, "a\nb\nc\n"); }
};

TEST_F(Idle, BehindAppendsReadsAndCommits) {
  strata_.Expect({"topic", "create", "t", "--partitions", "4"});
  Produce("t");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  EXPECT_TRUE(ComesToRest());
}

TEST_F(Idle, BehindATopicThatIsDeletedRightAfterItsLastAppend) {
  strata_.Expect({"topic", "create", "t", "--partitions", "4"});
  Produce("t");
  strata_.Expect({"topic", "delete", "t"});
  EXPECT_TRUE(ComesToRest());
}

TEST_F(Idle, BehindAGroupThatIsDeletedWithItsTopic) {
  strata_.Expect({"topic", "create", "t"});
  Produce("t");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  strata_.Expect({"group", "delete", "g"});
  strata_.Expect({"topic", "delete", "t"});
  EXPECT_TRUE(ComesToRest());
}

}  // namespace
}  // namespace strata::e2e
