// Reads over a real channel, from a whole server in this process.

#include <chrono>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include "broker/server/server.h"
#include "strata/v1/admin.grpc.pb.h"
#include "strata/v1/data.grpc.pb.h"
#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

class ReadCallsTest : public ::testing::Test {
 protected:
  ReadCallsTest() {
    BrokerConfig config;
    config.data_dir = directory_ / "data";
    config.listen = "127.0.0.1:0";
    config.http_listen = "";
    auto server = Server::Start(config);
    EXPECT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    data_ = v1::Data::NewStub(channel_);
    grpc::ClientContext context;
    v1::CreateTopicRequest request;
    request.set_name("t");
    v1::CreateTopicResponse response;
    EXPECT_TRUE(v1::Admin::NewStub(channel_)->CreateTopic(&context, request, &response).ok());
  }

  void Append(int count) {
    grpc::ClientContext context;
    v1::AppendRequest request;
    request.set_topic("t");
    request.set_partition(0);
    for (int i = 0; i < count; ++i) request.add_records()->set_value("v");
    v1::AppendResponse response;
    const grpc::Status status = data_->Append(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // A stream from one end of the topic; `context_` breaks it off.
  std::unique_ptr<grpc::ClientReader<v1::ReadResponse>> Read(v1::Position::Edge edge,
                                                             bool stop_at_end = false) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    v1::ReadRequest request;
    request.set_topic("t");
    request.mutable_from()->set_edge(edge);
    request.set_stop_at_end(stop_at_end);
    return data_->ReadStream(&context_, request);
  }

  strata::testing::TempDir directory_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Data::Stub> data_;
  grpc::ClientContext context_;
};

TEST_F(ReadCallsTest, AReaderFromTheEndIsToldAtOnceWhereItStands) {
  Append(3);
  const auto stream = Read(v1::Position::EDGE_END);
  v1::ReadResponse response;
  ASSERT_TRUE(stream->Read(&response)) << stream->Finish().error_message();
  EXPECT_EQ(response.records_size(), 0);
  EXPECT_EQ(response.next_offset(), 3);
  EXPECT_EQ(response.stable_offset(), 3);
  Append(2);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.records_size(), 2);
  EXPECT_EQ(response.next_offset(), 5);
  context_.TryCancel();
}

TEST_F(ReadCallsTest, AReaderOfATopicThatIsDeletedIsToldSo) {
  const auto stream = Read(v1::Position::EDGE_BEGINNING);
  v1::ReadResponse response;
  ASSERT_TRUE(stream->Read(&response));  // now it waits for more
  grpc::ClientContext context;
  v1::DeleteTopicRequest request;
  request.set_name("t");
  v1::DeleteTopicResponse deleted;
  ASSERT_TRUE(v1::Admin::NewStub(channel_)->DeleteTopic(&context, request, &deleted).ok());
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "topic 't' has been deleted");
}

TEST_F(ReadCallsTest, AReaderThatHasRecordsIsNotToldOfTheEndAgain) {
  Append(3);
  const auto stream = Read(v1::Position::EDGE_BEGINNING);
  v1::ReadResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.records_size(), 3);
  Append(1);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.records_size(), 1);
  context_.TryCancel();
}

TEST_F(ReadCallsTest, AReaderThatStopsAtTheEndOfAnEmptyTopicGetsNothing) {
  const auto stream = Read(v1::Position::EDGE_BEGINNING, /*stop_at_end=*/true);
  v1::ReadResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace strata::broker
