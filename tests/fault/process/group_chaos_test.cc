// Twenty members of a group, each a process of its own, that are killed, stopped and started while
// producers go on. What they have done is judged by their notes (tests/fault/history/work_check.h).
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/admin.h"
#include "tests/fault/history/work_check.h"
#include "tests/fault/process/crew.h"
#include "tests/fault/process/steady_producers.h"
#include "tests/fault/seed.h"
#include "tests/support/process/broker.h"
#include "tests/support/temp_dir.h"

namespace strata::fault {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr char kTopic[] = "t";
constexpr char kGroup[] = "g";
constexpr std::int32_t kPartitions = 30;
constexpr std::size_t kMembers = 20;

// After so long at most the broker takes a process that is stopped for dead: it waits once before
// it asks, and once for the answer.
constexpr milliseconds kKeepalive{500};
constexpr milliseconds kDetection = 2 * kKeepalive;
constexpr milliseconds kRevokeTimeout{1'000};
constexpr milliseconds kMaxProcessing{1'500};
constexpr milliseconds kTimeToReassign{1'000};
// A member that was cut off tries again after two seconds at most.
constexpr seconds kTimeToTheEnd{20};

constexpr int kActions = 150;
constexpr milliseconds kLongestPause{130};
constexpr std::int64_t kStandStillOneIn = 1'000;
constexpr std::int64_t kTailCacheBytes = 8 << 20;
// Some times what this load needs.
constexpr std::size_t kMostOpenFiles = 250;
constexpr std::int64_t kMostResidentBytes = 512 << 20;

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

class GroupChaos : public ::testing::Test {
 protected:
  // `stand_still_one_in`: as for Crew.
  void Begin(std::int64_t stand_still_one_in = 0) {
    Must(admin_.CreateTopic(kTopic, kPartitions, {{"segment.bytes", "1048576"}}));
    producers_ = std::make_unique<SteadyProducers>(
        broker_.address(), SteadyProducers::Options{.topic = kTopic, .partitions = kPartitions},
        dice_);
    crew_ = std::make_unique<Crew>(
        broker_.address(),
        Crew::Options{kTopic, kGroup, kMembers, kMaxProcessing, stand_still_one_in}, dice_);
    Settle();
  }

  // Everybody is there, and holds what he is to hold.
  void Settle() {
    crew_->WorkAll();
    ASSERT_TRUE(e2e::Eventually([&] { return IsSettled(); })) << broker_.Log();
  }

  // Asks again if the broker has closed a connection that was idle for long.
  GroupDescription Group() {
    auto group = admin_.DescribeGroup(kGroup);
    e2e::Eventually([&] { return group || (group = admin_.DescribeGroup(kGroup)); });
    return Must(std::move(group));
  }

  bool IsSettled() {
    const auto group = admin_.DescribeGroup(kGroup);
    if (!group || group->members.size() != crew_->places()) return false;
    std::int32_t held = 0;
    constexpr std::int32_t kEach = kPartitions / static_cast<std::int32_t>(kMembers);
    for (const GroupMemberInfo& member : group->members) {
      if (member.partitions < kEach || member.partitions > kEach + 1) return false;
      held += member.partitions;
    }
    return held == kPartitions;
  }

  // What the process in that place holds, as the broker sees it.
  std::set<std::int32_t> HeldBy(std::size_t place) {
    const GroupDescription group = Group();
    std::set<std::int32_t> held;
    for (const GroupMemberInfo& member : group.members) {
      if (member.client_id != Crew::NameOf(crew_->ProcessAt(place))) continue;
      for (const GroupPartitionInfo& partition : group.partitions) {
        if (partition.member == member.member_id) held.insert(partition.partition);
      }
    }
    return held;
  }

  bool IsAtTheEnd() {
    const auto partitions = Group().partitions;
    return std::all_of(partitions.begin(), partitions.end(),
                       [](const auto& partition) { return partition.lag_records == 0; });
  }

  // The group finishes, and everything is judged.
  void Finish() {
    producers_->Stop();
    const auto stopped = Clock::now();
    EXPECT_TRUE(e2e::Eventually([&] { return IsAtTheEnd(); })) << broker_.Log();
    const auto took = std::chrono::ceil<milliseconds>(Clock::now() - stopped);
    EXPECT_LT(took, kTimeToTheEnd) << "the group is slow to reach the end";
    EXPECT_LT(broker_.OpenFiles(), kMostOpenFiles);
    EXPECT_LT(broker_.ResidentBytes(), kMostResidentBytes);
    std::cout << "at the end after " << took.count() << " ms; the broker has "
              << broker_.OpenFiles() << " files and " << (broker_.ResidentBytes() >> 20) << " MiB"
              << std::endl;
    EXPECT_THAT(crew_->LeaveAll(), ::testing::IsEmpty());
    EXPECT_EQ(producers_->failures(), 0);

    testing::GroupWork work{.members = crew_->ReadNotes(), .acked = producers_->acked()};
    for (const GroupPartitionInfo& partition : Group().partitions) {
      work.committed[partition.partition] = partition.committed;
    }
    const auto violations = testing::CheckWork(work);
    EXPECT_TRUE(violations.empty()) << testing::Describe(violations) << broker_.Log();
    Count(work);
  }

  // Shows that the test has tested something.
  void Count(const testing::GroupWork& work) {
    std::map<testing::Outcome, int> commits;
    std::size_t processed = 0;
    for (const testing::MemberWork& member : work.members) {
      processed += member.processed.size();
      for (const testing::CommitMade& commit : member.commits) ++commits[commit.outcome];
    }
    RecordProperty("processes", static_cast<int>(work.members.size()));
    RecordProperty("records", static_cast<int>(work.acked.size()));
    RecordProperty("records_again", static_cast<int>(processed - work.acked.size()));
    RecordProperty("commits", commits[testing::Outcome::kOk]);
    RecordProperty("commits_refused", commits[testing::Outcome::kFailed]);
    EXPECT_GT(commits[testing::Outcome::kOk], 0);
  }

  // From now until other processes than `gone` have processed something of each partition.
  milliseconds UntilOthersGet(const std::set<std::int32_t>& partitions, std::size_t gone,
                              testing::WorkTime since) {
    std::map<std::int32_t, testing::WorkTime> first;
    const auto all_have_come = [&] {
      first = FirstProcessedSince(since, gone, partitions);
      return first.size() == partitions.size();
    };
    EXPECT_TRUE(e2e::Eventually(all_have_come)) << broker_.Log();
    testing::WorkTime last = since;
    for (const auto& [partition, at] : first) last = std::max(last, at);
    return std::chrono::ceil<milliseconds>(last - since);
  }

  std::map<std::int32_t, testing::WorkTime> FirstProcessedSince(
      testing::WorkTime since, std::size_t but, const std::set<std::int32_t>& partitions) {
    std::map<std::int32_t, testing::WorkTime> first;
    const auto& notes = crew_->ReadNotes();
    for (std::size_t process = 0; process < notes.size(); ++process) {
      if (process == but) continue;
      const auto& processed = notes[process].processed;
      for (auto it = processed.rbegin(); it != processed.rend() && it->at > since; ++it) {
        if (!partitions.contains(it->partition)) continue;
        const auto known = first.try_emplace(it->partition, it->at).first;
        known->second = std::min(known->second, it->at);
      }
    }
    return first;
  }

  // One process after the other goes, in a group that has settled; returns how long its partitions
  // were with nobody, from the shortest to the longest.
  std::vector<milliseconds> Reassign(int times, const std::function<void(std::size_t)>& go) {
    std::vector<milliseconds> took;
    for (int i = 0; i < times && !HasFailure(); ++i) {
      Settle();
      const auto place = static_cast<std::size_t>(dice_.Between(0, kMembers - 1));
      const std::set<std::int32_t> held = HeldBy(place);
      const testing::WorkTime gone_at = testing::WorkNow();
      go(place);
      took.push_back(UntilOthersGet(held, crew_->ProcessAt(place), gone_at));
    }
    std::sort(took.begin(), took.end());
    RecordProperty("times", times);
    std::cout << times << " times, with another after " << took[took.size() / 2].count()
              << " ms (median), " << took.back().count() << " ms at most" << std::endl;
    return took;
  }

  Dice dice_{testing::FaultSeed()};
  const testing::TempDir directory_;
  e2e::Broker broker_{directory_ / "data",
                      {"--member-keepalive-ms", std::to_string(kKeepalive.count()),
                       "--revoke-timeout-ms", std::to_string(kRevokeTimeout.count()),
                       "--tail-cache-bytes", std::to_string(kTailCacheBytes)}};
  Admin admin_{Must(Connection::Open({.broker = broker_.address()}))};
  std::unique_ptr<SteadyProducers> producers_;
  std::unique_ptr<Crew> crew_;
};

// What is done to a crew at random.
class Chaos {
 public:
  Chaos(Crew& crew, Dice& dice) : crew_(crew), dice_(dice), continue_at_(crew.places()) {}

  void Act() {
    ContinueDue();
    const auto place = static_cast<std::size_t>(dice_.Between(0, kMembers - 1));
    switch (crew_.StateOf(place)) {
      case Crew::State::kEmpty:
        return crew_.Start(place);
      case Crew::State::kStopped:
        if (dice_.OneIn(4)) Kill(place);
        return;
      case Crew::State::kWorking:
        if (dice_.OneIn(3)) return Kill(place);
        if (dice_.OneIn(4)) return crew_.Leave(place);
        return Stop(place);
    }
  }

  int kills() const { return kills_; }
  int stops() const { return stops_; }

 private:
  void Kill(std::size_t place) {
    ++kills_;
    crew_.Kill(place);
  }

  // For a moment, or for longer than the broker waits.
  void Stop(std::size_t place) {
    ++stops_;
    crew_.Stop(place);
    const milliseconds time = dice_.OneIn(3) ? dice_.Between(milliseconds(1), kKeepalive)
                                             : dice_.Between(kDetection, kDetection + seconds(2));
    continue_at_[place] = Clock::now() + time;
  }

  void ContinueDue() {
    for (std::size_t i = 0; i < crew_.places(); ++i) {
      if (continue_at_[i] <= Clock::now()) crew_.Continue(i);
    }
  }

  Crew& crew_;
  Dice& dice_;
  std::vector<Clock::time_point> continue_at_;
  int kills_ = 0;
  int stops_ = 0;
};

TEST_F(GroupChaos, NothingIsMissedAndNothingIsSkippedHoweverMembersComeAndGo) {
  ASSERT_NO_FATAL_FAILURE(Begin(kStandStillOneIn));
  Chaos chaos(*crew_, dice_);
  const int actions = testing::ScaledRuns(kActions);
  for (int i = 0; i < actions; ++i) {
    chaos.Act();
    producers_->LetWork(dice_.Between(milliseconds(0), kLongestPause));
  }
  RecordProperty("actions", actions);
  RecordProperty("kills", chaos.kills());
  RecordProperty("stops", chaos.stops());
  crew_->WorkAll();
  Finish();
}

TEST_F(GroupChaos, APartitionOfAProcessThatIsKilledComesToAnotherWithinASecond) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto took =
      Reassign(testing::ScaledRuns(10), [this](std::size_t place) { crew_->Kill(place); });
  EXPECT_LT(took.back(), kTimeToReassign);
  Finish();
}

TEST_F(GroupChaos, APartitionOfAProcessThatIsStoppedComesToAnotherWithinASecondOfItsDetection) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto took =
      Reassign(testing::ScaledRuns(3), [this](std::size_t place) { crew_->Stop(place); });
  EXPECT_LT(took.back(), kDetection + kTimeToReassign);
  crew_->WorkAll();
  Finish();
}

}  // namespace
}  // namespace strata::fault
