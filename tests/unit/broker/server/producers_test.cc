// Idempotent appends as any client of the published protocol can make them, over a whole server.
#include <memory>
#include <string>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include "broker/server/server.h"
#include "strata/v1/admin.grpc.pb.h"
#include "strata/v1/data.grpc.pb.h"
#include "tests/support/error_reason.h"
#include "tests/support/raw_call.h"
#include "tests/support/sequenced_batch.h"
#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

using strata::testing::RawCall;
using strata::testing::ReasonOf;
using strata::testing::SequencedBatch;
using strata::testing::Sequencing;

class ServerProducersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Start();
    grpc::ClientContext context;
    v1::CreateTopicRequest request;
    request.set_name("t");
    request.set_partition_count(2);
    v1::CreateTopicResponse response;
    ASSERT_TRUE(v1::Admin::NewStub(channel_)->CreateTopic(&context, request, &response).ok());
  }

  void Start() {
    BrokerConfig config;
    config.data_dir = directory_ / "data";
    config.listen = "127.0.0.1:0";
    config.http_listen = "";
    auto server = Server::Start(config);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    data_ = v1::Data::NewStub(channel_);
  }

  v1::InitProducerResponse Init(const std::string& name = "") {
    grpc::ClientContext context;
    v1::InitProducerRequest request;
    request.set_name(name);
    v1::InitProducerResponse response;
    const auto status = data_->InitProducer(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // "new at 5", "again at 5", or the reason of the refusal.
  std::string Append(const v1::AppendRequest& request) {
    grpc::ClientContext context;
    v1::AppendResponse response;
    const auto status = data_->Append(&context, request, &response);
    if (!status.ok()) return ReasonOf(status);
    return (response.duplicate() ? "again at " : "new at ") +
           std::to_string(response.base_offset());
  }

  std::string AppendBatch(const Sequencing& sequencing, std::int32_t partition = 0) {
    v1::AppendRequest request;
    request.set_topic("t");
    request.set_partition(partition);
    request.set_batch(SequencedBatch(sequencing, 2));
    return Append(request);
  }

  static v1::AppendRequest Records(const v1::InitProducerResponse& producer, int sequence) {
    v1::AppendRequest request;
    request.set_topic("t");
    request.set_partition(1);
    request.add_records()->set_value("a");
    request.add_records()->set_value("b");
    request.mutable_producer()->set_producer_id(producer.producer_id());
    request.mutable_producer()->set_epoch(producer.epoch());
    request.mutable_producer()->set_sequence(sequence);
    return request;
  }

  static Sequencing Of(const v1::InitProducerResponse& producer, std::int32_t sequence) {
    return {producer.producer_id(), static_cast<std::int16_t>(producer.epoch()), sequence};
  }

  strata::testing::TempDir directory_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Data::Stub> data_;
};

TEST_F(ServerProducersTest, ABatchThatIsSentTwiceIsToldTheSameOffset) {
  const auto producer = Init();
  EXPECT_EQ(AppendBatch(Of(producer, 0)), "new at 0");
  EXPECT_EQ(AppendBatch(Of(producer, 2)), "new at 2");
  EXPECT_EQ(AppendBatch(Of(producer, 0)), "again at 0");
  EXPECT_EQ(AppendBatch(Of(producer, 2)), "again at 2");
  EXPECT_EQ(AppendBatch(Of(producer, 6)), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ServerProducersTest, PlainRecordsMayBeSentTwiceToo) {
  const auto producer = Init();
  EXPECT_EQ(Append(Records(producer, 0)), "new at 0");
  EXPECT_EQ(Append(Records(producer, 0)), "again at 0");
  EXPECT_EQ(Append(Records(producer, 2)), "new at 2");
  EXPECT_EQ(Append(Records(producer, 5)), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(ServerProducersTest, ARetryTellsThePlacesOfTheRecords) {
  const auto producer = Init();
  ASSERT_EQ(Append(Records(producer, 0)), "new at 0");
  grpc::ClientContext context;
  v1::AppendResponse response;
  ASSERT_TRUE(data_->Append(&context, Records(producer, 0), &response).ok());
  EXPECT_EQ(response.record_count(), 2);
  ASSERT_EQ(response.places_size(), 2);
  EXPECT_EQ(response.places(1).offset(), 1);
  EXPECT_EQ(response.durability(), v1::DURABILITY_FSYNC);
}

TEST_F(ServerProducersTest, PlainRecordsOfAProducerNameTheirPartitionAndSensibleNumbers) {
  const auto producer = Init();
  v1::AppendRequest nowhere = Records(producer, 0);
  nowhere.clear_partition();
  EXPECT_EQ(Append(nowhere), "INVALID_ARGUMENT");
  v1::AppendRequest bad = Records(producer, -1);
  EXPECT_EQ(Append(bad), "INVALID_ARGUMENT");
  bad = Records(producer, 0);
  bad.mutable_producer()->set_epoch(32768);
  EXPECT_EQ(Append(bad), "INVALID_ARGUMENT");
  bad = Records(producer, 0);
  bad.mutable_producer()->set_producer_id(-1);
  EXPECT_EQ(Append(bad), "INVALID_ARGUMENT");
  bad = Records(producer, 0);
  bad.clear_records();
  bad.set_batch(SequencedBatch(Of(producer, 0)));
  EXPECT_EQ(Append(bad), "INVALID_ARGUMENT");
  EXPECT_EQ(AppendBatch({7, -1, 0}), "INVALID_BATCH");
  EXPECT_EQ(AppendBatch({-2, 0, 0}), "INVALID_BATCH");
}

TEST_F(ServerProducersTest, ANewInstanceOfANameShutsTheOldOneOutOfEveryPartition) {
  const auto zombie = Init("orders");
  EXPECT_EQ(AppendBatch(Of(zombie, 0), 0), "new at 0");
  const auto heir = Init("orders");
  EXPECT_EQ(heir.producer_id(), zombie.producer_id());
  EXPECT_EQ(heir.epoch(), zombie.epoch() + 1);
  EXPECT_EQ(AppendBatch(Of(zombie, 2), 0), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(AppendBatch(Of(zombie, 0), 1), "STALE_PRODUCER_EPOCH") << "nobody has written there";
  EXPECT_EQ(AppendBatch(Of(heir, 0), 1), "new at 0");
  EXPECT_EQ(AppendBatch(Of(heir, 0), 0), "new at 2");
}

TEST_F(ServerProducersTest, ARestartForgetsNothing) {
  const auto zombie = Init("orders");
  const auto heir = Init("orders");
  const auto nameless = Init();
  ASSERT_EQ(AppendBatch(Of(nameless, 0)), "new at 0");
  ASSERT_TRUE(server_->Stop());
  server_.reset();
  Start();
  EXPECT_EQ(AppendBatch(Of(nameless, 0)), "again at 0");
  EXPECT_EQ(AppendBatch(Of(zombie, 0)), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Init("orders").epoch(), heir.epoch() + 1);
  EXPECT_GT(Init().producer_id(), nameless.producer_id());
}

TEST_F(ServerProducersTest, ANameThatCannotBeIsRefused) {
  grpc::ClientContext context;
  v1::InitProducerRequest request;
  request.set_name("a/b");
  v1::InitProducerResponse response;
  EXPECT_EQ(ReasonOf(data_->InitProducer(&context, request, &response)), "INVALID_ARGUMENT");
}

TEST_F(ServerProducersTest, AMalformedRequestIsToldSo) {
  std::string response;
  EXPECT_EQ(ReasonOf(RawCall(channel_, "/strata.v1.Data/InitProducer", "\x0a\xff", &response)),
            "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace strata::broker
