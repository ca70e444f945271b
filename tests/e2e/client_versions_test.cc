// Clients of several versions in one group, as during a rolling restart of a program.
//
// Beside the `strata` command of today: one that speaks the least that a member may, as the first
// one ever did, and one from the future that says more than this broker knows.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>

#include "strata/v1/groups.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/group_view.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

constexpr int kPartitions = 6;

enum class Version { kFirst, kFuture };

// Fields that no broker of today has ever heard of.
void AddFutureFields(google::protobuf::Message* message) {
  auto* unknown = message->GetReflection()->MutableUnknownFields(message);
  unknown->AddVarint(1'001, 7);
  unknown->AddLengthDelimited(1'002, "from the future");
}

// Commits whatever it is sent, and gives back at once what is revoked, until it is destroyed.
class Member {
 public:
  Member(const std::shared_ptr<grpc::Channel>& channel, Version version)
      : version_(version), stub_(v1::Groups::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + 10 * kPatience);
    stream_ = stub_->Consume(&context_);
    v1::ConsumeRequest join;
    join.mutable_join()->set_group("g");
    join.mutable_join()->add_topics("t");
    Send(&join, join.mutable_join());
    v1::ConsumeRequest credit;
    credit.mutable_credit()->set_records(1'000'000);
    credit.mutable_credit()->set_bytes(1'000'000'000);
    Send(&credit, credit.mutable_credit());
    reader_ = std::thread([this] { Run(); });
  }

  // Leaves as a program does that ends in order.
  ~Member() {
    {
      std::lock_guard lock(writing_);
      left_ = true;
      stream_->WritesDone();
    }
    reader_.join();
    const grpc::Status status = stream_->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

 private:
  void Run() {
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
      v1::ConsumeRequest answer;
      if (response.has_records()) {
        v1::OffsetCommit& offset = *answer.mutable_commit()->add_offsets();
        offset.set_topic(response.records().topic());
        offset.set_partition(response.records().partition());
        offset.set_offset(response.records().next_offset());
        offset.set_generation(response.records().generation());
        Send(&answer, answer.mutable_commit());
      } else if (response.has_revoked()) {
        *answer.mutable_release()->mutable_partitions() = response.revoked().partitions();
        Send(&answer, answer.mutable_release());
      } else if (response.has_committed()) {
        EXPECT_EQ(response.committed().failures_size(), 0) << response.DebugString();
      }
    }
  }

  void Send(v1::ConsumeRequest* request, google::protobuf::Message* what) {
    if (version_ == Version::kFuture) {
      AddFutureFields(what);
      AddFutureFields(request);
    }
    std::lock_guard lock(writing_);
    if (!left_) stream_->Write(*request);
  }

  const Version version_;
  grpc::ClientContext context_;
  const std::unique_ptr<v1::Groups::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>> stream_;
  std::mutex writing_;
  bool left_ = false;  // guarded by writing_
  std::thread reader_;
};

class ClientVersions : public E2eTest {
 protected:
  ClientVersions() {
    strata_.Expect({"topic", "create", "t", "--partitions", std::to_string(kPartitions)});
  }

  // Everybody holds as many partitions as the others, and all that was produced is committed.
  bool AllIsSharedAndDone(std::size_t members) {
    std::map<std::string, int> held;
    for (const auto& [partition, view] : DescribeGroup(strata_, "g")) {
      if (view.committed != view.log_end) return false;
      ++held[view.member];
    }
    for (const auto& [member, count] : held) {
      if (count != kPartitions / static_cast<int>(members)) return false;
    }
    return held.size() == members && !held.contains("");
  }

  void ProduceAndExpectDone(std::size_t members) {
    std::string lines;
    for (int i = 0; i < 200; ++i) lines += "key-" + std::to_string(i) + ":value\n";
    strata_.Expect({"produce", "t", "--key-separator", ":"}, lines);
    EXPECT_TRUE(Eventually([&] { return AllIsSharedAndDone(members); }))
        << strata_.Expect({"group", "describe", "g"});
  }

  RawClient client_{broker_.address()};
};

TEST_F(ClientVersions, ShareAGroupWhileEachMemberIsReplacedByANewerOne) {
  auto first = std::make_unique<Member>(client_.channel(), Version::kFirst);
  auto second = std::make_unique<Member>(client_.channel(), Version::kFirst);
  const Background of_today(strata_, {"consume", "t", "--group", "g"});
  ProduceAndExpectDone(3);
  first.reset();
  first = std::make_unique<Member>(client_.channel(), Version::kFuture);
  ProduceAndExpectDone(3);
  second.reset();
  second = std::make_unique<Member>(client_.channel(), Version::kFuture);
  ProduceAndExpectDone(3);
  // And back, because the new version does not please.
  first.reset();
  first = std::make_unique<Member>(client_.channel(), Version::kFirst);
  ProduceAndExpectDone(3);
}

}  // namespace
}  // namespace strata::e2e
