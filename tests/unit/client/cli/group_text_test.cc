#include "client/cli/group_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

GroupPartitionInfo Partition(std::int32_t partition, Offset current, Offset committed, Offset end) {
  GroupPartitionInfo info;
  info.topic = "orders";
  info.partition = partition;
  info.current = current;
  info.committed = committed;
  info.log_end = end;
  info.in_flight = current - committed;
  return info;
}

GroupSnapshot At(std::chrono::seconds time, std::vector<GroupPartitionInfo> partitions) {
  GroupSnapshot snapshot;
  snapshot.group.name = "billing";
  snapshot.group.partitions = std::move(partitions);
  snapshot.at = std::chrono::steady_clock::time_point(time);
  return snapshot;
}

constexpr std::chrono::seconds kThen{10};
constexpr std::chrono::seconds kNow{12};

TEST(GroupText, RatesAreDifferencesPerSecond) {
  const auto rates =
      RatesBetween(At(kThen, {Partition(0, 10, 5, 100)}), At(kNow, {Partition(0, 20, 3, 100)}));
  const PartitionRates& rate = rates.at({"orders", 0});
  EXPECT_EQ(rate.current, 5);
  EXPECT_EQ(rate.committed, -1) << "somebody has moved it back";
  EXPECT_EQ(rate.log_end, 0);
}

TEST(GroupText, AFirstCommitAndANewPartitionHaveNoSpeed) {
  const auto rates =
      RatesBetween(At(kThen, {Partition(0, 10, kNoOffset, 100)}),
                   At(kNow, {Partition(0, 10, 10, 100), Partition(1, 1'000, 0, 1'000)}));
  EXPECT_EQ(rates.at({"orders", 0}).committed, 0);
  EXPECT_FALSE(rates.contains({"orders", 1}));
}

TEST(GroupText, LooksAtTheSameMomentHaveNoSpeed) {
  const GroupSnapshot snapshot = At(kNow, {Partition(0, 1, 1, 1)});
  EXPECT_TRUE(RatesBetween(snapshot, snapshot).empty());
}

TEST(GroupText, ShowsSpeedsOnlyWhereTheyAreAskedFor) {
  const GroupDescription group = At(kNow, {Partition(0, 10, 4, 100)}).group;
  const GroupRates rates = {{{"orders", 0}, {7, 8, 9}}};
  EXPECT_THAT(ToText(group), Not(HasSubstr("CURRENT/S")));
  EXPECT_THAT(ToText(group, &rates), HasSubstr("CURRENT/S"));
  EXPECT_FALSE(ToJson(group)["partitions"][0].contains("current_per_second"));
  EXPECT_EQ(ToJson(group, &rates)["partitions"][0]["current_per_second"], 7);
  EXPECT_EQ(ToJson(group, &rates)["partitions"][0]["committed_per_second"], 8);
  EXPECT_EQ(ToJson(group, &rates)["partitions"][0]["log_end_per_second"], 9);
}

TEST(GroupText, ShowsTheLagOfBothCursorsInRecordsAndInSeconds) {
  GroupDescription group = At(kNow, {Partition(0, 10, 4, 100)}).group;
  GroupPartitionInfo& partition = group.partitions.front();
  partition.lag_records = 96;
  partition.lag_seconds = 12.25;
  partition.lag_delivery_records = 90;
  partition.lag_delivery_seconds = 3.5;
  const std::string text = ToText(group);
  EXPECT_THAT(text, HasSubstr("LAG  LAG-SECONDS  DELIVERY-LAG  DELIVERY-LAG-SECONDS"));
  EXPECT_THAT(text, ContainsRegex("96 +12\\.2 +90 +3\\.5"));
  const auto json = ToJson(group)["partitions"][0];
  EXPECT_EQ(json["lag_records"], 96);
  EXPECT_EQ(json["lag_seconds"], 12.25);
  EXPECT_EQ(json["lag_delivery_records"], 90);
  EXPECT_EQ(json["lag_delivery_seconds"], 3.5);
}

TEST(GroupText, ShowsWhenAndByWhomAndWithWhichNoteWasCommittedLast) {
  GroupDescription group = At(kNow, {Partition(0, 10, 4, 100), Partition(1, 0, 0, 100)}).group;
  EXPECT_THAT(ToText(group), Not(HasSubstr("COMMITTED-AT"))) << "nobody ever has";
  GroupPartitionInfo& partition = group.partitions.front();
  partition.committed_at_ms = 1'767'323'045'678;
  partition.committed_by = "worker-7-1";
  partition.metadata = "up to \x1b[2Jhere";
  EXPECT_THAT(ToText(group), EndsWith("NOTE\norders          0  2026-01-02T03:04:05Z  worker-7-1  "
                                      "\"up to \\u001b[2Jhere\"\n"));
}

TEST(GroupText, ShowsWhoIsAwayAndWhatIsInFlight) {
  GroupDescription group = At(kNow, {Partition(0, 10, 4, 100)}).group;
  GroupMemberInfo member;
  member.member_id = "worker-7-1";
  member.instance_id = "worker-7";
  member.away = true;
  group.members.push_back(member);
  EXPECT_THAT(ToText(group), HasSubstr("away"));
  EXPECT_THAT(ToText(group), HasSubstr("IN-FLIGHT"));
  const auto json = ToJson(group);
  EXPECT_EQ(json["members"][0]["away"], true);
  EXPECT_EQ(json["members"][0]["instance_id"], "worker-7");
  EXPECT_EQ(json["partitions"][0]["in_flight"], 6);
}

}  // namespace
}  // namespace strata::cli
