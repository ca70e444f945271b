// Members that read by pattern, come back under their name, are watched, and come in floods; and
// what the others of a group notice of a rebalance.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "client/lib/producer.h"
#include "strata/v1/groups.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/group_view.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

class GroupMember : public E2eTest {
 protected:
  // Partitions whose holder's name begins so.
  std::set<int> HeldBy(const std::string& prefix, const std::string& group = "g") {
    std::set<int> held;
    if (strata_({"group", "describe", group}).status != 0) return held;
    for (const auto& [partition, view] : DescribeGroup(strata_, group)) {
      if (view.member.starts_with(prefix)) held.insert(partition.second);
    }
    return held;
  }
};

TEST_F(GroupMember, APatternReadsTopicsThatAppearLaterFromTheirBeginning) {
  strata_.Expect({"topic", "create", "logs.a"});
  strata_.Expect({"topic", "create", "orders"});
  strata_.Expect({"produce", "logs.a"}, "1\n");
  strata_.Expect({"produce", "orders"}, "no\n");
  Background member(strata_, {"consume", "logs\\..*", "--pattern", "--group", "g", "--from", "end",
                              "--format", "%t:%s\\n"});
  ASSERT_TRUE(Eventually([&] { return !HeldBy("member").empty(); }));
  strata_.Expect({"topic", "create", "logs.b"});
  strata_.Expect({"produce", "logs.b"}, "2\n");
  ASSERT_TRUE(member.WaitForLines(1)) << member.Errors();
  strata_.Expect({"produce", "logs.a"}, "3\n");
  ASSERT_TRUE(member.WaitForLines(2)) << member.Errors();
  EXPECT_EQ(member.Output(), "logs.b:2\nlogs.a:3\n");
}

TEST_F(GroupMember, ATopicThatIsDeletedAndMadeAnewIsReadAgain) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "1\n");
  Background member(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(member.WaitForLines(1)) << member.Errors();
  strata_.Expect({"topic", "delete", "t"});
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "2\n");
  ASSERT_TRUE(member.WaitForLines(2)) << member.Errors();
  EXPECT_EQ(member.Output(), "1\n2\n");
}

TEST_F(GroupMember, APatternThatDoesNotCompileIsRefusedAndLeavesNoGroup) {
  const Outcome outcome = strata_({"consume", "logs(", "--pattern", "--group", "g"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("missing )"));
  EXPECT_EQ(nlohmann::json::parse(strata_.Expect({"group", "list", "--output", "json"})).size(),
            0U);
}

TEST_F(GroupMember, AStaticMemberThatRestartsFindsItsPartitionsAndTheOthersNoticeNothing) {
  strata_.Expect({"topic", "create", "t", "--partitions", "4"});
  const std::vector<std::string> as_w = {"consume", "t", "--group", "g", "--instance", "w"};
  auto first = std::make_unique<Background>(strata_, as_w);
  Background other(strata_, {"consume", "t", "--group", "g"});
  ASSERT_TRUE(
      Eventually([&] { return HeldBy("w-").size() == 2 && HeldBy("member-").size() == 2; }));
  const std::set<int> held = HeldBy("w-");
  const std::string before = DescribeGroup(strata_, "g").at({"t", *held.begin()}).member;

  first->process().Signal(SIGKILL);
  ASSERT_TRUE(Eventually([&] {
    return strata_.Expect({"group", "describe", "g"}).find("away") != std::string::npos;
  }));
  EXPECT_EQ(HeldBy("w-"), held);
  first = std::make_unique<Background>(strata_, as_w);
  ASSERT_TRUE(Eventually([&] {
    const std::string now = DescribeGroup(strata_, "g").at({"t", *held.begin()}).member;
    return now != before && now.starts_with("w-");
  }));
  EXPECT_EQ(HeldBy("w-"), held);
  EXPECT_EQ(other.Errors(), "") << "it has lost nothing";
}

TEST_F(GroupMember, WatchShowsHowBothCursorsMove) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "a\nb\n");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  Background watch(strata_, {"group", "describe", "g", "--watch", "--output", "json"});
  ASSERT_TRUE(watch.WaitForLines(1)) << watch.Errors();
  strata_.Expect({"produce", "t"}, "c\n");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  const auto moved = [&] {
    std::istringstream lines(watch.Output());
    for (std::string line; std::getline(lines, line) && line.ends_with("}");) {
      const auto partition = nlohmann::json::parse(line)["partitions"][0];
      if (partition["committed_per_second"] > 0 && partition["committed"] == 3) return true;
    }
    return false;
  };
  EXPECT_TRUE(watch.process().WaitUntil(moved)) << watch.Output();
  watch.process().Signal(SIGINT);
  EXPECT_EQ(watch.process().Wait(), 0) << watch.Errors();
}

TEST_F(GroupMember, SeekGoesBackByADurationAndADryRunTellsHowManyRecords) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "a\nb\nc\n");
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  const std::vector<std::string> seek = {"group", "seek", "g",   "--topic",
                                         "t",     "--to", "-1h", "--dry-run"};
  const std::string told = strata_.Expect(seek);
  EXPECT_THAT(told, HasSubstr("3 records to be delivered again, 0 skipped"));
  EXPECT_EQ(DescribeGroup(strata_, "g").at({"t", 0}).committed, 3);
  std::vector<std::string> as_json = seek;
  as_json.insert(as_json.end(), {"--output", "json"});
  const auto moves = nlohmann::json::parse(strata_.Expect(as_json));
  EXPECT_EQ(moves[0]["from"], 3);
  EXPECT_EQ(moves[0]["to"], 0);
  EXPECT_EQ(moves[0]["records"], -3);
  EXPECT_EQ(strata_({"group", "seek", "g", "--topic", "t", "--to", "-1y"}).status, 2);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

using Stream = grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>;

v1::ConsumeRequest JoinRequest(const std::string& group) {
  v1::ConsumeRequest request;
  request.mutable_join()->set_group(group);
  request.mutable_join()->add_topics("t");
  return request;
}

// Members that join and leave at once, one behind the other, until it ends; on four threads.
class Flood {
 public:
  Flood(const std::shared_ptr<grpc::Channel>& channel, const std::string& group)
      : stub_(v1::Groups::NewStub(channel)) {
    for (int i = 0; i < 4; ++i) threads_.emplace_back([this, group] { Run(group); });
  }
  ~Flood() {
    stopped_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  bool WaitForJoins(int more) const {
    const int until = joins_ + more;
    return Eventually([&] { return joins_ >= until; });
  }

 private:
  void Run(const std::string& group) {
    while (!stopped_) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kPatience);
      const auto stream = stub_->Consume(&context);
      stream->Write(JoinRequest(group));
      stream->WritesDone();
      v1::ConsumeResponse response;
      while (stream->Read(&response)) {
      }
      if (stream->Finish().ok()) ++joins_;
    }
  }

  const std::unique_ptr<v1::Groups::Stub> stub_;
  std::atomic<int> joins_ = 0;
  std::atomic<bool> stopped_ = false;
  std::vector<std::thread> threads_;
};

TEST_F(GroupMember, AFloodOfJoinsAndLeavesHoldsUpNobodyAndLeavesNobodyBehind) {
  strata_.Expect({"topic", "create", "t", "--partitions", "100"});
  Background calm(strata_, {"consume", "t", "--group", "calm"});
  Background resident(strata_, {"consume", "t", "--group", "flooded"});
  ASSERT_TRUE(Eventually([&] { return HeldBy("member", "flooded").size() == 100; }));
  ASSERT_TRUE(Eventually([&] { return HeldBy("member", "calm").size() == 100; }));
  RawClient client(broker_.address());
  constexpr int kRecords = 20;
  {
    Flood flood(client.channel(), "flooded");
    // The flood goes on for as long as this takes.
    for (int i = 1; i <= kRecords; ++i) {
      ASSERT_TRUE(flood.WaitForJoins(10));
      strata_.Expect({"produce", "t", "--partition", std::to_string(i)}, "a\n");
      ASSERT_TRUE(calm.WaitForLines(i)) << calm.Errors();
    }
  }
  EXPECT_TRUE(resident.WaitForLines(kRecords)) << resident.Errors();
  const auto group =
      nlohmann::json::parse(strata_.Expect({"group", "describe", "flooded", "--output", "json"}));
  EXPECT_EQ(group["members"].size(), 1U) << "everybody else has left";
  EXPECT_TRUE(Eventually([&] { return HeldBy("member", "flooded").size() == 100; }));
}

// A sanitizer keeps for a while what was freed, so there is nothing to see with one.
TEST_F(GroupMember, AFloodOfJoinsAndLeavesCostsNoMemory) {
  if (kSanitized) GTEST_SKIP() << "freed memory is kept by the sanitizer";
  strata_.Expect({"topic", "create", "t"});
  Background resident(strata_, {"consume", "t", "--group", "flooded"});
  ASSERT_TRUE(Eventually([&] { return !HeldBy("member", "flooded").empty(); }));
  RawClient client(broker_.address());
  Flood flood(client.channel(), "flooded");
  constexpr int kJoins = 5'000;
  ASSERT_TRUE(flood.WaitForJoins(kJoins / 5));
  // Twice, since what is made once for all may come amid the first ones.
  std::int64_t of_each = std::numeric_limits<std::int64_t>::max();
  for (int round = 0; round < 2; ++round) {
    const std::int64_t before = broker_.ResidentBytes();
    ASSERT_TRUE(flood.WaitForJoins(kJoins));
    of_each = std::min(of_each, (broker_.ResidentBytes() - before) / kJoins);
  }
  RecordProperty("bytes_of_each_join", static_cast<int>(of_each));
  EXPECT_LT(of_each, 400);
}

// Sends a record to each partition in turn, without a break.
class BusyTopic {
 public:
  BusyTopic(const std::string& broker, int partitions)
      : producer_(*Producer::Open(*Connection::Open({.broker = broker}), "t",
                                  {.linger = std::chrono::milliseconds(1)})),
        thread_([this, partitions] { Run(partitions); }) {}
  ~BusyTopic() {
    stopped_ = true;
    thread_.join();
  }

 private:
  void Run(int partitions) {
    RecordView record;
    record.value = "value";
    while (!stopped_) {
      for (int i = 0; i < partitions; ++i) producer_->Send(record, {}, i);
      producer_->Flush();
    }
  }

  std::unique_ptr<Producer> producer_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

// A member by hand: it takes everything, and gives back what is revoked when the test says so.
class HandMember {
 public:
  explicit HandMember(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::Groups::NewStub(channel)), stream_(stub_->Consume(&context_)) {
    stream_->Write(JoinRequest("g"));
  }
  ~HandMember() {
    context_.TryCancel();
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
    }
    stream_->Finish();
  }

  // The next message, with the credit of records given back.
  v1::ConsumeResponse Next() {
    v1::ConsumeResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    if (response.has_records()) Grant(response.records().records_size(), 1 << 16);
    return response;
  }
  void Grant(std::int64_t records, std::int64_t bytes) {
    v1::ConsumeRequest request;
    request.mutable_credit()->set_records(records);
    request.mutable_credit()->set_bytes(bytes);
    stream_->Write(request);
  }
  void Release(const v1::Revoked& revoked) {
    v1::ConsumeRequest request;
    *request.mutable_release()->mutable_partitions() = revoked.partitions();
    stream_->Write(request);
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::Groups::Stub> stub_;
  std::unique_ptr<Stream> stream_;
};

// Longest time without a record, of each partition, from Begin on.
class Gaps {
 public:
  void Begin(const std::set<int>& partitions) {
    for (int partition : partitions) last_[partition] = Clock::now();
    longest_ = {};
  }
  void Came(int partition) {
    const auto last = last_.find(partition);
    if (last == last_.end()) return;
    longest_ = std::max(longest_, Clock::now() - std::exchange(last->second, Clock::now()));
  }
  // Until now, also where nothing has come yet.
  std::chrono::milliseconds Longest() {
    for (const auto& [partition, last] : last_) longest_ = std::max(longest_, Clock::now() - last);
    return std::chrono::duration_cast<std::chrono::milliseconds>(longest_);
  }

 private:
  std::map<int, Clock::time_point> last_;
  Clock::duration longest_{};
};

// The old holder takes three seconds to give back what moves. Were the others stopped meanwhile,
// they would be for that long.
TEST_F(GroupMember, WhoJoinsABusyGroupPausesOnlyThePartitionsThatMove) {
  constexpr std::chrono::seconds kRelease{3};
  strata_.Expect({"topic", "create", "t", "--partitions", "12"});
  BusyTopic busy(broker_.address(), 12);
  RawClient client(broker_.address());
  HandMember member(client.channel());
  member.Grant(1'000'000, 1 << 30);
  Gaps usual;
  std::set<int> all;
  for (int i = 0; i < 12; ++i) all.insert(i);
  std::set<int> seen;
  while (seen != all) seen.insert(member.Next().records().partition());
  usual.Begin(all);
  for (const auto until = Clock::now() + kRelease / 3; Clock::now() < until;) {
    usual.Came(member.Next().records().partition());
  }
  const auto usual_gap = usual.Longest();

  Background newcomer(strata_, {"consume", "t", "--group", "g"});
  v1::ConsumeResponse message;
  while (!message.has_revoked()) message = member.Next();
  const v1::Revoked revoked = message.revoked();
  std::set<int> moving;
  for (const auto& partition : revoked.partitions()) moving.insert(partition.partition());
  EXPECT_EQ(moving.size(), 6U);
  std::set<int> staying;
  std::set_difference(all.begin(), all.end(), moving.begin(), moving.end(),
                      std::inserter(staying, staying.end()));
  Gaps gaps;
  gaps.Begin(staying);
  for (const auto until = Clock::now() + kRelease; Clock::now() < until;) {
    message = member.Next();
    ASSERT_TRUE(message.has_records()) << "those that stay are not assigned anew";
    EXPECT_TRUE(staying.contains(message.records().partition())) << "what moves is not delivered";
    gaps.Came(message.records().partition());
  }
  // A machine that is busy elsewhere may hold up anything for a while, but not as long as those
  // wait that move.
  const std::chrono::milliseconds release = kRelease;
  EXPECT_LT(gaps.Longest(), std::clamp(10 * usual_gap, release / 3, release * 2 / 3))
      << "usually " << usual_gap.count() << " ms";
  RecordProperty("usual_gap_ms", static_cast<int>(usual_gap.count()));
  RecordProperty("gap_while_moving_ms", static_cast<int>(gaps.Longest().count()));

  EXPECT_EQ(newcomer.Output(), "") << "it holds nothing before the release";
  member.Release(revoked);
  EXPECT_TRUE(newcomer.WaitForLines(12)) << newcomer.Errors();
}

}  // namespace
}  // namespace strata::e2e
