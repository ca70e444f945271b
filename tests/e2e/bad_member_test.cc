// What a member of a group may say wrongly on the Consume stream.

#include "strata/v1/groups.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

class BadMember : public E2eTest {
 protected:
  BadMember() {
    strata_.Expect({"topic", "create", "t"});
    strata_.Expect({"produce", "t"}, "a\nb\nc\n");
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    stream_ = stub_->Consume(&context_);
  }

  void Send(const std::function<void(v1::ConsumeRequest&)>& fill) {
    v1::ConsumeRequest request;
    fill(request);
    stream_->Write(request);
  }
  void Join(const std::string& group = "g", const std::string& topic = "t") {
    Send([&](auto& request) {
      request.mutable_join()->set_group(group);
      request.mutable_join()->add_topics(topic);
    });
  }
  // Reads up to the next answer that `wanted` picks; ends the test if the stream ends first.
  v1::ConsumeResponse ReadUntil(const std::function<bool(const v1::ConsumeResponse&)>& wanted) {
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
      if (wanted(response)) return response;
    }
    ADD_FAILURE() << "the stream ended: " << stream_->Finish().error_message();
    return {};
  }
  std::int64_t JoinAndGetGeneration() {
    Join();
    const auto assigned = ReadUntil([](const auto& response) { return response.has_assigned(); });
    return assigned.assigned().partitions(0).generation();
  }
  // The reason why a commit of one offset was refused; empty if it was not.
  std::string Commit(std::int64_t offset, std::int64_t generation, int partition = 0,
                     const std::string& topic = "t") {
    Send([&](auto& request) {
      auto& entry = *request.mutable_commit()->add_offsets();
      entry.set_topic(topic);
      entry.set_partition(partition);
      entry.set_offset(offset);
      entry.set_generation(generation);
    });
    const auto answer = ReadUntil([](const auto& response) { return response.has_committed(); });
    if (answer.committed().failures_size() == 0) return "";
    return answer.committed().failures(0).error().reason();
  }
  // The reason with which the broker ends the stream.
  std::string End() {
    v1::ConsumeResponse response;
    while (stream_->Read(&response)) {
    }
    const grpc::Status status = stream_->Finish();
    EXPECT_NE(status.error_message(), "");
    return ReasonOf(status);
  }

  RawClient client_{broker_.address()};
  std::unique_ptr<v1::Groups::Stub> stub_ = v1::Groups::NewStub(client_.channel());
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>> stream_;
};

TEST_F(BadMember, WhoDoesNotJoinFirstIsSentAway) {
  Send([](auto& request) { request.mutable_credit()->set_records(1); });
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, WhoSaysNothingAtAllIsSentAway) {
  Send([](auto&) {});
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, WhoJoinsTwiceIsSentAway) {
  Join();
  Join();
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, ABadGroupNameIsNamed) {
  Join("../g");
  EXPECT_EQ(End(), "INVALID_GROUP_NAME");
}

TEST_F(BadMember, AnUnknownTopicIsNamed) {
  Join("g", "none");
  EXPECT_EQ(End(), "UNKNOWN_TOPIC");
}

TEST_F(BadMember, NoTopicAtAllIsRefused) {
  Send([](auto& request) { request.mutable_join()->set_group("g"); });
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, NegativeCreditIsRefused) {
  Join();
  Send([](auto& request) { request.mutable_credit()->set_records(-1); });
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, CreditBeyondTheBoundIsRefused) {
  Join();
  Send([](auto& request) {
    request.mutable_credit()->set_records(1);
    request.mutable_credit()->set_bytes(1'000'000'000'000'000'000);
  });
  EXPECT_EQ(End(), "INVALID_ARGUMENT");
}

TEST_F(BadMember, CommitsThatCannotBeAreRefusedOneByOneAndTheStreamGoesOn) {
  const std::int64_t generation = JoinAndGetGeneration();
  EXPECT_EQ(Commit(1, generation - 1), "STALE_GENERATION");
  EXPECT_EQ(Commit(99, generation), "OFFSET_OUT_OF_RANGE");
  EXPECT_NE(Commit(-1, generation), "");
  EXPECT_NE(Commit(1, generation + 1'000), "");
  EXPECT_NE(Commit(1, generation, 7), "");
  EXPECT_NE(Commit(1, generation, 0, "none"), "");
  EXPECT_EQ(Commit(2, generation), "");
}

TEST_F(BadMember, ACommitFromBeforeASeekCannotUndoIt) {
  const std::int64_t generation = JoinAndGetGeneration();
  EXPECT_EQ(Commit(3, generation), "");
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "1"});
  EXPECT_EQ(Commit(3, generation), "STALE_GENERATION");
}

TEST_F(BadMember, NothingIsDeliveredWithoutCredit) {
  Join();
  Send([](auto& request) {
    request.mutable_credit()->set_records(2);
    request.mutable_credit()->set_bytes(1 << 20);
  });
  std::int64_t delivered = 0;
  while (delivered < 2) {
    delivered += ReadUntil([](const auto& response) { return response.has_records(); })
                     .records()
                     .records_size();
  }
  EXPECT_EQ(delivered, 2);
  // Answers come in order: a third record would come in front of this one.
  Send([](auto& request) { request.mutable_commit()->set_correlation_id(7); });
  v1::ConsumeResponse next;
  ASSERT_TRUE(stream_->Read(&next));
  EXPECT_EQ(next.committed().correlation_id(), 7U);
}

}  // namespace
}  // namespace strata::e2e
