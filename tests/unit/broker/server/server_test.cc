// A whole server in this process, on ports that the system chooses, spoken to over real channels.

#include "broker/server/server.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include "strata/v1/admin.grpc.pb.h"
#include "tests/support/error_reason.h"
#include "tests/support/http_get.h"
#include "tests/support/raw_call.h"
#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

using strata::testing::HttpRequest;
using strata::testing::RawCall;
using strata::testing::RawStream;
using strata::testing::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
const std::string kServing = "\x08\x01";         // HealthCheckResponse with status SERVING
const std::string kListServices("\x3a\x00", 2);  // ServerReflectionRequest with list_services

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    config_.data_dir = directory_ / "data";
    config_.listen = "127.0.0.1:0";
    config_.http_listen = "127.0.0.1:0";
  }

  void Start() {
    auto server = Server::Start(config_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    admin_ = v1::Admin::NewStub(channel_);
  }

  void StopCleanly() {
    const auto stopped = server_->Stop();
    ASSERT_TRUE(stopped) << stopped.error().message;
    server_.reset();
  }

  grpc::Status Create(const std::string& name, std::int32_t partition_count = 1) {
    grpc::ClientContext context;
    v1::CreateTopicRequest request;
    request.set_name(name);
    request.set_partition_count(partition_count);
    v1::CreateTopicResponse response;
    return admin_->CreateTopic(&context, request, &response);
  }

  v1::DescribeBrokerResponse DescribeBroker() {
    grpc::ClientContext context;
    v1::DescribeBrokerResponse response;
    const auto status = admin_->DescribeBroker(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  strata::testing::TempDir directory_;
  BrokerConfig config_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Admin::Stub> admin_;
};

TEST_F(ServerTest, ServesAdministrationOnThePortItReports) {
  Start();
  EXPECT_THAT(server_->address(), StartsWith("127.0.0.1:"));
  EXPECT_THAT(server_->address(), Not(::testing::EndsWith(":0")));
  ASSERT_TRUE(Create("orders", 3).ok());

  grpc::ClientContext context;
  v1::DescribeTopicRequest request;
  request.set_name("orders");
  v1::DescribeTopicResponse response;
  ASSERT_TRUE(admin_->DescribeTopic(&context, request, &response).ok());
  EXPECT_EQ(response.partitions_size(), 3);
  EXPECT_EQ(DescribeBroker().partition_count(), 3);
}

TEST_F(ServerTest, ErrorsCarryTheirReason) {
  Start();
  EXPECT_EQ(ReasonOf(Create("../x")), "INVALID_TOPIC_NAME");
  EXPECT_EQ(ReasonOf(Create("x", -1)), "INVALID_PARTITION_COUNT");
  EXPECT_EQ(ReasonOf(Create("x", 1'000'000)), "INVALID_PARTITION_COUNT");
  ASSERT_TRUE(Create("x").ok());
  const grpc::Status taken = Create("x");
  EXPECT_EQ(taken.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(ReasonOf(taken), "TOPIC_EXISTS");
}

TEST_F(ServerTest, AMalformedRequestIsInvalidAndSaysSo) {
  Start();
  std::string response;
  const auto status = RawCall(channel_, "/strata.v1.Admin/CreateTopic", "\xff\xff", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
}

TEST_F(ServerTest, ARequestBeyondTheLimitIsRefused) {
  config_.max_append_message_bytes = 17 << 20;
  Start();
  std::string response;
  const std::string huge(config_.max_append_message_bytes + 1, '\0');
  const auto status = RawCall(channel_, "/strata.v1.Admin/CreateTopic", huge, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Create("x").ok()) << "the broker goes on";
}

TEST_F(ServerTest, TopicsAndClusterIdAreThereAfterARestart) {
  Start();
  ASSERT_TRUE(Create("orders", 2).ok());
  const std::string cluster_id = DescribeBroker().cluster_id();
  EXPECT_EQ(cluster_id.size(), 32u);
  StopCleanly();
  Start();
  EXPECT_EQ(DescribeBroker().cluster_id(), cluster_id);
  EXPECT_EQ(DescribeBroker().partition_count(), 2);
}

TEST_F(ServerTest, HealthIsReportedOverGrpcAndHttp) {
  Start();
  std::string response;
  ASSERT_TRUE(RawCall(channel_, kHealthCheck, "", &response).ok());
  EXPECT_EQ(response, kServing);
  EXPECT_THAT(HttpRequest(server_->http_address(), "GET", "/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, MetricsCountWhatIsThere) {
  Start();
  ASSERT_TRUE(Create("orders", 3).ok());
  const std::string page = HttpRequest(server_->http_address(), "GET", "/metrics");
  EXPECT_THAT(page, HasSubstr("\nstrata_topics 1\n"));
  EXPECT_THAT(page, HasSubstr("\nstrata_partitions 3\n"));
  EXPECT_THAT(page, HasSubstr("\nstrata_partitions_with_problems 0\n"));
}

TEST_F(ServerTest, HttpCanBeTurnedOff) {
  config_.http_listen = "";
  Start();
  EXPECT_EQ(server_->http_address(), "");
  EXPECT_TRUE(Create("x").ok());
}

TEST_F(ServerTest, ReflectionListsTheServicesOnLoopback) {
  Start();
  RawStream stream(channel_, kReflection);
  ASSERT_TRUE(stream.Write(kListServices));
  std::string response;
  ASSERT_TRUE(stream.Read(&response));
  EXPECT_THAT(response, HasSubstr("strata.v1.Admin"));
  EXPECT_THAT(response, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(ServerTest, ReflectionCanBeTurnedOff) {
  config_.reflection_enabled = "false";
  Start();
  RawStream stream(channel_, kReflection);
  stream.Write(kListServices);
  EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerTest, ATakenPortIsAnErrorAndLeavesTheDirectoryAlone) {
  Start();
  BrokerConfig second = config_;
  second.data_dir = directory_ / "second";
  second.listen = server_->address();
  const auto started = Server::Start(second);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::ADDRESS_UNUSABLE);
  EXPECT_THAT(started.error().message, HasSubstr("Address already in use"));
  EXPECT_FALSE(std::filesystem::exists(second.data_dir));
}

TEST_F(ServerTest, ADataDirectoryServesOneBroker) {
  Start();
  const auto second = Server::Start(config_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::DATA_DIR_IN_USE);
  EXPECT_TRUE(Create("x").ok());
}

TEST_F(ServerTest, AnUnusableDataDirectoryIsAnError) {
  std::ofstream(config_.data_dir) << "a file";
  const auto started = Server::Start(config_);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::DATA_DIR_UNUSABLE);
}

TEST_F(ServerTest, AStopEndsOpenStreamsAndClosesThePorts) {
  config_.shutdown_timeout_ms = 100;
  Start();
  RawStream stream(channel_, kReflection);
  ASSERT_TRUE(stream.Write(kListServices));
  std::string response;
  ASSERT_TRUE(stream.Read(&response));
  const std::string http_address = server_->http_address();

  const auto stopped = server_->Stop();
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_FALSE(stream.Read(&response));
  EXPECT_EQ(Create("x").error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(HttpRequest(http_address, "GET", "/healthz"), "");
  EXPECT_TRUE(server_->Stop()) << "stopping twice is not an error";
}

}  // namespace
}  // namespace strata::broker
