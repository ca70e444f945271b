// What members of one group must agree on, and who holds what, as clients see it.

#include <memory>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "strata/v1/groups.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Held = std::set<std::pair<std::string, int>>;

v1::Join JoinOf(const std::string& instance, v1::AssignmentStrategy strategy) {
  v1::Join join;
  join.set_group("g");
  join.add_topics("t");
  join.add_topics("u");
  join.set_instance_id(instance);
  join.set_strategy(strategy);
  return join;
}

// A member that takes no records, and gives back at once what is revoked.
class Member {
 public:
  Member(const std::shared_ptr<grpc::Channel>& channel, const v1::Join& join)
      : stub_(v1::Groups::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    stream_ = stub_->Consume(&context_);
    v1::ConsumeRequest request;
    *request.mutable_join() = join;
    stream_->Write(request);
  }
  ~Member() { End(); }

  // Until it is told of partitions that it holds, or has lost; false: the stream has ended.
  bool Take() {
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
      for (const auto& held : response.assigned().partitions()) {
        held_.emplace(held.topic(), held.partition());
      }
      for (const auto& revoked : response.revoked().partitions()) {
        held_.erase({revoked.topic(), revoked.partition()});
      }
      if (response.has_revoked()) Release(response.revoked());
      if (response.has_assigned() || response.has_revoked()) return true;
    }
    return false;
  }

  const Held& held() const { return held_; }

  // Why the broker has ended the stream.
  std::string Reason() {
    while (Take()) {
    }
    ended_ = true;
    return ReasonOf(stream_->Finish());
  }

 private:
  void Release(const v1::Revoked& revoked) {
    v1::ConsumeRequest request;
    *request.mutable_release()->mutable_partitions() = revoked.partitions();
    stream_->Write(request);
  }
  void End() {
    if (ended_) return;
    stream_->WritesDone();
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
    }
    stream_->Finish();
  }

  grpc::ClientContext context_;
  const std::unique_ptr<v1::Groups::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>> stream_;
  Held held_;
  bool ended_ = false;
};

class GroupSharing : public E2eTest {
 protected:
  GroupSharing() {
    strata_.Expect({"topic", "create", "t", "--partitions", "4"});
    strata_.Expect({"topic", "create", "u", "--partitions", "4"});
  }
  RawClient client_{broker_.address()};
};

TEST_F(GroupSharing, WhoSharesOutInAnotherWayThanTheOthersIsRefused) {
  Member first(client_.channel(), JoinOf("", v1::ASSIGNMENT_STRATEGY_UNIFORM));
  ASSERT_TRUE(first.Take());
  Member other(client_.channel(), JoinOf("", v1::ASSIGNMENT_STRATEGY_RANGE));
  EXPECT_EQ(other.Reason(), "INCOMPATIBLE_STRATEGY");
  EXPECT_EQ(first.held().size(), 8U);
}

TEST_F(GroupSharing, InRangesPartitionsWithTheSameNumberGoToTheSameMember) {
  Member second(client_.channel(), JoinOf("b", v1::ASSIGNMENT_STRATEGY_RANGE));
  ASSERT_TRUE(second.Take());
  Member first(client_.channel(), JoinOf("a", v1::ASSIGNMENT_STRATEGY_RANGE));
  ASSERT_TRUE(second.Take());
  ASSERT_TRUE(first.Take());
  EXPECT_EQ(first.held(), (Held{{"t", 0}, {"t", 1}, {"u", 0}, {"u", 1}})) << "by instance id";
  EXPECT_EQ(second.held(), (Held{{"t", 2}, {"t", 3}, {"u", 2}, {"u", 3}}));
}

TEST_F(GroupSharing, TheCommandReadsSeveralTopicsInRanges) {
  strata_.Expect({"produce", "t", "--partition", "0"}, "1\n");
  strata_.Expect({"produce", "u", "--partition", "0"}, "2\n");
  Background member(strata_, {"consume", "t", "u", "--group", "g", "--strategy", "range",
                              "--format", "%t:%s\\n"});
  ASSERT_TRUE(member.WaitForLines(2)) << member.Errors();
  EXPECT_THAT(member.Output(), AllOf(HasSubstr("t:1\n"), HasSubstr("u:2\n")));
  Member other(client_.channel(), JoinOf("", v1::ASSIGNMENT_STRATEGY_UNIFORM));
  EXPECT_EQ(other.Reason(), "INCOMPATIBLE_STRATEGY");
}

TEST_F(GroupSharing, WhoComesUnderTheSameInstanceIdReplacesTheOneBefore) {
  Member first(client_.channel(), JoinOf("w", v1::ASSIGNMENT_STRATEGY_UNIFORM));
  ASSERT_TRUE(first.Take());
  Member second(client_.channel(), JoinOf("w", v1::ASSIGNMENT_STRATEGY_UNIFORM));
  EXPECT_EQ(first.Reason(), "INSTANCE_REPLACED");
  ASSERT_TRUE(second.Take());
  EXPECT_EQ(second.held().size(), 8U);
}

}  // namespace
}  // namespace strata::e2e
