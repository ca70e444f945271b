// What those who run a broker see of its groups: lines in its log, and /metrics.

#include <csignal>

#include <gmock/gmock.h>

#include "tests/e2e/support/command.h"
#include "tests/e2e/support/group_view.h"
#include "tests/support/http_get.h"
#include "tests/support/process/broker.h"
#include "tests/support/temp_dir.h"

namespace strata::e2e {
namespace {

using strata::testing::HttpRequest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GroupOperator : public ::testing::Test {
 protected:
  GroupOperator() {
    strata_.Expect({"topic", "create", "t", "--partitions", "2"});
    strata_.Expect({"topic", "create", "u"});
    strata_.Expect({"produce", "t"}, "1\n2\n3\n");
    strata_.Expect({"produce", "u"}, "4\n");
  }

  std::string Metrics() { return HttpRequest(broker_.http_address(), "GET", "/metrics"); }
  // Waits until /metrics has that line.
  bool Shows(const std::string& line) {
    return Eventually([&] { return Metrics().find("\n" + line + "\n") != std::string::npos; });
  }

  // Waits until the broker's log has that.
  bool Tells(const std::string& text) {
    return Eventually([&] { return broker_.Log().find(text) != std::string::npos; });
  }

  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data", {"--http-listen", "127.0.0.1:0", "--static-return-ms", "3600000"}};
  StrataCommand strata_{broker_.address()};
};

TEST_F(GroupOperator, SeesHowFarBehindAGroupIsAlsoWhenNobodyIsThere) {
  strata_.Expect({"consume", "t", "u", "--group", "g", "--exit-at-end"});
  EXPECT_TRUE(Shows("strata_groups 1"));
  EXPECT_TRUE(Shows("strata_group_members{group=\"g\"} 0"));
  strata_.Expect({"produce", "t"}, "5\n6\n");
  EXPECT_TRUE(Shows("strata_group_lag_offsets{group=\"g\",topic=\"t\"} 2"));
  EXPECT_TRUE(Shows("strata_group_lag_offsets{group=\"g\",topic=\"u\"} 0"));
  broker_.Stop();
  broker_.Start();
  EXPECT_TRUE(Shows("strata_group_lag_offsets{group=\"g\",topic=\"t\"} 2"));
}

TEST_F(GroupOperator, SeesRecordsThatNobodyHasReadYet) {
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  strata_.Expect({"topic", "alter", "t", "--partitions", "3"});
  strata_.Expect({"produce", "t", "--partition", "2"}, "5\n");
  EXPECT_TRUE(Shows("strata_group_lag_offsets{group=\"g\",topic=\"t\"} 1"));
  EXPECT_EQ(DescribeGroup(strata_, "g").at({"t", 2}).lag_records, 1);
  broker_.Stop();
  broker_.Start();
  EXPECT_TRUE(Shows("strata_group_lag_offsets{group=\"g\",topic=\"t\"} 1"));
}

TEST_F(GroupOperator, SeesWhoComesAndGoesAndHow) {
  {
    Background member(strata_,
                      {"consume", "t", "--group", "g", "--instance", "i", "--return-within", "1"});
    ASSERT_TRUE(member.WaitForLines(3)) << member.Errors();
    EXPECT_TRUE(Shows("strata_group_members{group=\"g\"} 1"));
    EXPECT_TRUE(Tells("instance 'i') has joined group 'g'"));
    member.process().Signal(SIGINT);
    member.process().Wait();
  }
  EXPECT_TRUE(Shows("strata_group_departures_total{reason=\"left\"} 1"));
  EXPECT_TRUE(Shows("strata_group_members{group=\"g\"} 0")) << "its place is kept for a second";
  EXPECT_TRUE(Tells("has not come back to group 'g' within 1000 ms"));
  EXPECT_TRUE(Tells("has left group 'g'"));
  {
    Background member(strata_, {"consume", "t", "--group", "g"});
    ASSERT_TRUE(Shows("strata_group_joins_total 2"));
    member.process().Signal(SIGKILL);
    member.process().Wait();
  }
  EXPECT_TRUE(Shows("strata_group_departures_total{reason=\"disconnected\"} 1"));
  EXPECT_TRUE(Tells("is gone from group 'g': its connection has ended or is dead"));
}

TEST_F(GroupOperator, SeesThatAGroupWasMovedOrDeleted) {
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning", "--dry-run"});
  EXPECT_THAT(broker_.Log(), Not(HasSubstr("was moved")));
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning"});
  strata_.Expect({"group", "delete", "g"});
  EXPECT_THAT(broker_.Log(), AllOf(HasSubstr("group 'g' was moved in 2 partitions of topic 't'"),
                                   HasSubstr("deleted group 'g'")));
  EXPECT_TRUE(Shows("strata_groups 0"));
}

}  // namespace
}  // namespace strata::e2e
