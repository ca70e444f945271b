// Consumer groups, as a person sees them through the command: two cursors, several paces.

#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/group_view.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class Group : public E2eTest {
 protected:
  void CreateTopic(int partitions = 1) {
    strata_.Expect({"topic", "create", "t", "--partitions", std::to_string(partitions)});
  }
  // Records "0", "1", ... into one partition.
  void Produce(int from, int to, int partition = 0) {
    std::string lines;
    for (int i = from; i < to; ++i) lines += std::to_string(i) + "\n";
    strata_.Expect({"produce", "t", "--partition", std::to_string(partition)}, lines);
  }
  std::string Consume(const std::string& group, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"consume", "t", "--group", group};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return strata_.Expect(arguments);
  }
  GroupView View(const std::string& group) { return DescribeGroup(strata_, group); }
  bool Committed(const std::string& group, std::int64_t offset) {
    return Eventually([&] { return View(group).at({"t", 0}).committed == offset; });
  }
};

TEST_F(Group, DeliveryMovesCurrentAndOnlyACommitMovesCommitted) {
  CreateTopic();
  Produce(0, 100);
  EXPECT_EQ(CountLines(Consume("g", {"--max-records", "30"})), 30U);
  EXPECT_EQ(View("g").at({"t", 0}).committed, 30);

  Background reader(strata_, {"consume", "t", "--group", "g", "--no-commit"});
  ASSERT_TRUE(reader.WaitForLines(70)) << reader.Errors();
  const PartitionView view = View("g").at({"t", 0});
  EXPECT_EQ(view.current, 100);
  EXPECT_EQ(view.committed, 30);
  EXPECT_EQ(view.log_end, 100);
  EXPECT_EQ(view.lag_records, 70);
  EXPECT_GT(view.lag_seconds, 0);
  EXPECT_EQ(view.lag_delivery_records, 0);
  EXPECT_EQ(view.lag_delivery_seconds, 0);
  EXPECT_NE(view.member, "");
}

TEST_F(Group, ShowsHowFarDeliveryIsBehindAndWhoHasCommitted) {
  CreateTopic();
  Produce(0, 100);
  Consume("g", {"--max-records", "30"});
  const PartitionView view = View("g").at({"t", 0});
  EXPECT_EQ(view.lag_delivery_records, 100 - view.current);
  EXPECT_EQ(view.lag_delivery_seconds > 0, view.current < 100);
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "0"});
  EXPECT_GT(View("g").at({"t", 0}).lag_delivery_seconds, 0);
  EXPECT_THAT(strata_.Expect({"group", "describe", "g"}), HasSubstr("COMMITTED-AT"));
}

TEST_F(Group, CurrentIsThereAfterARestartEvenIfNothingWasCommitted) {
  CreateTopic();
  Produce(0, 100);
  {
    Background reader(strata_, {"consume", "t", "--group", "g", "--no-commit"});
    ASSERT_TRUE(reader.WaitForLines(100)) << reader.Errors();
  }
  ASSERT_EQ(broker_.Stop(), 0) << broker_.Log();
  broker_.Start();
  EXPECT_EQ(View("g").at({"t", 0}).current, 100);
  EXPECT_EQ(View("g").at({"t", 0}).committed, -1);
}

TEST_F(Group, TheNextMemberStartsAtCommitted) {
  CreateTopic();
  Produce(0, 100);
  Consume("g", {"--max-records", "30"});
  {
    Background reader(strata_, {"consume", "t", "--group", "g", "--no-commit"});
    ASSERT_TRUE(reader.WaitForLines(70)) << reader.Errors();
    reader.process().Signal(SIGKILL);
  }
  EXPECT_TRUE(Consume("g", {"--max-records", "1"}).starts_with("30\n"));
  EXPECT_EQ(View("g").at({"t", 0}).committed, 31);
}

TEST_F(Group, ReadingWithoutCommitLeavesNoTrace) {
  CreateTopic();
  Produce(0, 10);
  const std::string first = Consume("g", {"--no-commit", "--exit-at-end"});
  EXPECT_EQ(CountLines(first), 10U);
  EXPECT_EQ(Consume("g", {"--no-commit", "--exit-at-end"}), first);
}

TEST_F(Group, EachGroupGoesAtItsOwnPace) {
  CreateTopic();
  Produce(0, 100);
  Consume("slow", {"--max-records", "10"});
  Consume("fast", {"--exit-at-end"});
  EXPECT_EQ(View("slow").at({"t", 0}).committed, 10);
  EXPECT_EQ(View("slow").at({"t", 0}).lag_records, 90);
  EXPECT_EQ(View("fast").at({"t", 0}).committed, 100);
  EXPECT_EQ(View("fast").at({"t", 0}).lag_records, 0);
  EXPECT_EQ(View("fast").at({"t", 0}).lag_seconds, 0);
  const auto groups = nlohmann::json::parse(strata_.Expect({"group", "list", "--output", "json"}));
  EXPECT_EQ(groups.size(), 2U);
}

TEST_F(Group, AGroupMayBeginAtTheEnd) {
  CreateTopic();
  Produce(0, 10);
  Background follower(strata_, {"consume", "t", "--group", "g", "--from", "end"});
  ASSERT_TRUE(follower.process().WaitUntil([&] {
    return strata_({"group", "describe", "g"}).status == 0;
  }));
  ASSERT_TRUE(follower.process().WaitUntil([&] {
    return View("g").contains({"t", 0}) && View("g").at({"t", 0}).member != "";
  }));
  Produce(10, 12);
  ASSERT_TRUE(follower.WaitForLines(2)) << follower.Errors();
  EXPECT_EQ(follower.Output(), "10\n11\n");
}

TEST_F(Group, CursorsSurviveKillOfTheBroker) {
  CreateTopic();
  Produce(0, 100);
  Consume("g", {"--max-records", "42"});
  broker_.Kill();
  broker_.Start();
  EXPECT_EQ(View("g").at({"t", 0}).committed, 42);
  EXPECT_TRUE(Consume("g", {"--max-records", "1"}).starts_with("42\n"));
}

TEST_F(Group, AMemberCarriesOnWhenTheBrokerIsBack) {
  CreateTopic();
  Produce(0, 10);
  Background member(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(member.WaitForLines(10)) << member.Errors();
  ASSERT_TRUE(Committed("g", 10));
  broker_.Kill();
  broker_.Start();
  Produce(10, 20);
  ASSERT_TRUE(member.WaitForLines(20)) << member.Errors();
  EXPECT_EQ(CountLines(member.Output()), 20U);
}

TEST_F(Group, MembersShareThePartitionsAndTakeOverFromTheDead) {
  CreateTopic(2);
  Background first(strata_, {"consume", "t", "--group", "g", "--format", "%p:%s\\n"});
  Background second(strata_, {"consume", "t", "--group", "g", "--format", "%p:%s\\n"});
  const auto owners = [&] {
    std::set<std::string> members;
    for (const auto& [partition, view] : View("g")) members.insert(view.member);
    members.erase("");
    return members.size();
  };
  ASSERT_TRUE(Eventually([&] {
    return strata_({"group", "describe", "g"}).status == 0 && owners() == 2;
  }));
  Produce(0, 5, 0);
  Produce(0, 5, 1);
  ASSERT_TRUE(first.WaitForLines(5)) << first.Errors();
  ASSERT_TRUE(second.WaitForLines(5)) << second.Errors();
  ASSERT_TRUE(Eventually([&] {
    return View("g").at({"t", 0}).committed == 5 && View("g").at({"t", 1}).committed == 5;
  }));

  second.process().Signal(SIGKILL);
  ASSERT_TRUE(Eventually([&] { return owners() == 1; }));
  Produce(5, 10, 0);
  Produce(5, 10, 1);
  ASSERT_TRUE(first.WaitForLines(15)) << first.Errors();
  for (const char* record : {"0:5\n", "0:9\n", "1:5\n", "1:9\n"}) {
    EXPECT_THAT(first.Output(), HasSubstr(record));
  }
}

TEST_F(Group, AMemberThatIsAskedToStopLeavesInGoodOrder) {
  CreateTopic();
  Produce(0, 10);
  Background member(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(member.WaitForLines(10)) << member.Errors();
  member.process().Signal(SIGINT);
  EXPECT_TRUE(member.process().Wait().has_value());
  EXPECT_EQ(View("g").at({"t", 0}).committed, 10);
  EXPECT_EQ(View("g").at({"t", 0}).member, "");
}

TEST_F(Group, SeekMovesBothCursorsAndADryRunMovesNone) {
  CreateTopic();
  Produce(0, 100);
  Consume("g", {"--exit-at-end"});
  const std::vector<std::string> seek = {"group", "seek", "g", "--topic", "t", "--to", "90"};

  std::vector<std::string> dry_run = seek;
  dry_run.push_back("--dry-run");
  const std::string told = strata_.Expect(dry_run);
  EXPECT_THAT(told, HasSubstr("100"));
  EXPECT_THAT(told, HasSubstr("90"));
  EXPECT_EQ(View("g").at({"t", 0}).committed, 100);

  strata_.Expect(seek);
  EXPECT_EQ(View("g").at({"t", 0}).committed, 90);
  EXPECT_EQ(View("g").at({"t", 0}).current, 90);
  EXPECT_TRUE(Consume("g", {"--exit-at-end"}).starts_with("90\n91\n"));
}

TEST_F(Group, SeekGoesToTheEdgesAndToATime) {
  CreateTopic();
  Produce(0, 10);
  Consume("g", {"--exit-at-end"});
  const auto seek_to = [&](const std::string& to) {
    strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", to});
    return View("g").at({"t", 0}).committed;
  };
  EXPECT_EQ(seek_to("beginning"), 0);
  EXPECT_EQ(seek_to("end"), 10);
  EXPECT_EQ(seek_to("@1000"), 0);
  EXPECT_EQ(seek_to("@2100-01-01T00:00:00Z"), 10);
}

TEST_F(Group, SeekMovesALiveMember) {
  CreateTopic();
  Produce(0, 10);
  Background member(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(member.WaitForLines(10)) << member.Errors();
  ASSERT_TRUE(Committed("g", 10));
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "8"});
  ASSERT_TRUE(member.WaitForLines(12)) << member.Errors();
  EXPECT_TRUE(member.Output().ends_with("9\n8\n9\n")) << member.Output();
  EXPECT_TRUE(Committed("g", 10));
}

TEST_F(Group, SeekMayBeForOnePartition) {
  CreateTopic(2);
  Produce(0, 10, 0);
  Produce(0, 10, 1);
  Consume("g", {"--exit-at-end"});
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning", "--partition", "1"});
  EXPECT_EQ(View("g").at({"t", 0}).committed, 10);
  EXPECT_EQ(View("g").at({"t", 1}).committed, 0);
}

TEST_F(Group, DeleteIsRefusedWhileThereAreMembers) {
  CreateTopic();
  Produce(0, 10);
  Background member(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(member.WaitForLines(10)) << member.Errors();
  EXPECT_EQ(strata_({"group", "delete", "g"}).status, 1);
  member.process().Signal(SIGTERM);
  ASSERT_TRUE(member.process().Wait().has_value());

  strata_.Expect({"group", "delete", "g"});
  EXPECT_EQ(strata_({"group", "describe", "g"}).status, 1);
  EXPECT_TRUE(Consume("g", {"--max-records", "1"}).starts_with("0\n"));
}

TEST_F(Group, DeletingATopicTakesItsCursorsAlong) {
  CreateTopic();
  Produce(0, 10);
  Consume("g", {"--exit-at-end"});
  strata_.Expect({"topic", "delete", "t"});
  CreateTopic();
  Produce(0, 3);
  EXPECT_EQ(Consume("g", {"--exit-at-end"}), "0\n1\n2\n");
}

TEST_F(Group, DescribeShowsTheTableToAPerson) {
  CreateTopic();
  Produce(0, 10);
  Consume("g", {"--max-records", "4"});
  const std::string table = strata_.Expect({"group", "describe", "g"});
  for (const char* word : {"t", "4", "10", "6"}) EXPECT_THAT(table, HasSubstr(word));
}

TEST_F(Group, AMemberThatHoldsNothingExitsAtTheEnd) {
  CreateTopic();
  Produce(0, 1);
  Background holder(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(holder.WaitForLines(1)) << holder.Errors();
  EXPECT_EQ(Consume("g", {"--exit-at-end"}), "");
}

}  // namespace
}  // namespace strata::e2e
