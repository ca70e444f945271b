#include "broker/groups/roster.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

class IgnoringSink : public MemberSink {
 public:
  void OnAssigned(Generation, const std::vector<Assignment>&, std::uint64_t) override {}
  void OnRevoked(const std::vector<PartitionId>&, std::chrono::milliseconds,
                 std::string_view) override {}
  void OnReplaced() override {}
};

class RosterTest : public ::testing::Test {
 protected:
  void Add(const MemberId& id, const std::string& instance_id = "",
           std::shared_ptr<const TopicPattern> pattern = nullptr,
           std::set<std::string> names = {}) {
    roster_.Add({id, "client", "peer", instance_id}, {}, std::move(names), std::move(pattern),
                &sink_);
  }
  static Timers::Ticket TicketOf(std::uint64_t id) { return {Timers::Clock::time_point(), id}; }

  IgnoringSink sink_;
  Roster roster_;
};

TEST_F(RosterTest, FindsAStaticMemberByItsInstance) {
  Add("a");
  Add("b", "b's");
  EXPECT_EQ(roster_.FindInstance("b's"), "b");
  EXPECT_EQ(roster_.FindInstance("c's"), std::nullopt);
  EXPECT_EQ(roster_.FindInstance(""), std::nullopt) << "a is not static";
}

TEST_F(RosterTest, WhoIsAwayIsKnownButNotHere) {
  Add("a", "a's");
  EXPECT_TRUE(roster_.AnybodyHereBut(""));
  EXPECT_FALSE(roster_.AnybodyHereBut("a"));
  roster_.SetAway("a", TicketOf(1));
  EXPECT_FALSE(roster_.AnybodyHereBut(""));
  EXPECT_EQ(roster_.SinkOf("a"), nullptr);
  EXPECT_NE(roster_.Find("a"), nullptr);
}

TEST_F(RosterTest, WhoIsAwayForLongestIsTheOneThatLeftFirst) {
  Add("a", "a's");
  Add("b", "b's");
  Add("c", "c's");
  EXPECT_EQ(roster_.FindLongestAway(), std::nullopt);
  roster_.SetAway("c", TicketOf(1));
  roster_.SetAway("a", TicketOf(2));
  EXPECT_EQ(roster_.FindLongestAway(), "c");
  EXPECT_EQ(roster_.Remove("c"), TicketOf(1));
  EXPECT_EQ(roster_.FindLongestAway(), "a");
}

TEST_F(RosterTest, WhoIsRemovedIsForgotten) {
  Add("a", "a's");
  EXPECT_EQ(roster_.Remove("a"), std::nullopt) << "it was not away";
  EXPECT_EQ(roster_.Find("a"), nullptr);
  EXPECT_EQ(roster_.FindInstance("a's"), std::nullopt);
  EXPECT_TRUE(roster_.members().empty());
}

TEST_F(RosterTest, ListsThemInTheOrderInWhichTheyJoined) {
  Add("z");
  Add("a", "a's");
  Add("m");
  roster_.SetAway("a", TicketOf(1));
  std::vector<MemberId> ids;
  for (const Roster::Member* member : roster_.ByJoinTime()) ids.push_back(member->info.id);
  EXPECT_EQ(ids, (std::vector<MemberId>{"z", "a", "m"}));
}

TEST_F(RosterTest, FindsThoseWithAPatternAlsoWhoIsAway) {
  const auto orders = TopicPattern::Compile("orders.*").value();
  const auto bills = TopicPattern::Compile("bills").value();
  Add("a", "a's", orders);
  Add("b");
  Add("c", "", bills);
  Add("d", "", orders);
  roster_.SetAway("a", TicketOf(1));
  EXPECT_EQ(roster_.Patterns(), (std::set<Roster::PatternPtr>{orders, bills}));
  EXPECT_EQ(roster_.FindReaders("o", {orders}), (std::vector<MemberId>{"a", "d"}));
  EXPECT_EQ(roster_.FindReaders("o", {orders, bills}), (std::vector<MemberId>{"a", "c", "d"}));
  EXPECT_TRUE(roster_.FindReaders("o", {}).empty());
  Add("e", "", nullptr, {"o", "p"});
  EXPECT_EQ(roster_.FindReaders("o", {bills}), (std::vector<MemberId>{"c", "e"}));
}

}  // namespace
}  // namespace strata::broker
