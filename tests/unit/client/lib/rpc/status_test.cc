#include "client/lib/rpc/status.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "strata/v1/types.pb.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata {
namespace {

using ::testing::HasSubstr;

constexpr char kBroker[] = "10.0.0.1:7070";

grpc::Status WithReason(const std::string& reason, const std::string& domain,
                        grpc::StatusCode code) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return grpc::Status(code, "something is wrong", details.SerializeAsString());
}

TEST(Status, TakesTheReasonOfTheBroker) {
  const Error error = ErrorFromStatus(
      testing::StatusOf(ErrorCode::UNKNOWN_TOPIC, "topic 'x' does not exist"), kBroker);
  EXPECT_EQ(error.code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(error.message, "topic 'x' does not exist");
}

TEST(Status, MapsAReasonThatIsNotKnownByItsStatusAndKeepsItsName) {
  const Error error = ErrorFromStatus(
      WithReason("QUOTA_EXCEEDED", "strata", grpc::StatusCode::RESOURCE_EXHAUSTED), kBroker);
  EXPECT_EQ(error.code, ErrorCode::OVERLOADED);
  EXPECT_THAT(error.message, HasSubstr("QUOTA_EXCEEDED"));
}

TEST(Status, DoesNotTakeTheReasonOfAnotherDomain) {
  const Error error = ErrorFromStatus(
      WithReason("UNKNOWN_TOPIC", "example.com", grpc::StatusCode::INTERNAL), kBroker);
  EXPECT_EQ(error.code, ErrorCode::INTERNAL);
}

TEST(Status, UnavailableWithoutDetailsNamesTheAddressAndTheCause) {
  const Error error =
      ErrorFromStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                   "failed to connect to all addresses; last error: UNKNOWN: "
                                   "ipv4:10.0.0.1:7070: Failed to connect to remote host: "
                                   "Connection refused"),
                      kBroker);
  EXPECT_EQ(error.code, ErrorCode::UNAVAILABLE);
  EXPECT_EQ(error.message, "cannot reach the broker at 10.0.0.1:7070: Connection refused");
}

TEST(Status, ADeadlineIsATimeout) {
  const Error error = ErrorFromStatus(
      grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"), kBroker);
  EXPECT_EQ(error.code, ErrorCode::TIMEOUT);
  EXPECT_THAT(error.message, HasSubstr(kBroker));
}

TEST(Status, WhatBreaksAStreamIsUnavailable) {
  for (const auto& status :
       {grpc::Status(grpc::StatusCode::INTERNAL, "Received RST_STREAM with error code 2"),
        grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED"), grpc::Status::OK}) {
    EXPECT_EQ(ErrorFromStatus(status, kBroker).code, ErrorCode::UNAVAILABLE);
  }
}

TEST(Status, AMessageBeyondTheLimitIsTooLarge) {
  EXPECT_EQ(ErrorFromStatus(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                         "Received message larger than max"),
                            kBroker)
                .code,
            ErrorCode::TOO_LARGE);
}

TEST(Status, AStrangerAtTheAddressIsSaidToBeOne) {
  const Error error = ErrorFromStatus(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""), kBroker);
  EXPECT_THAT(error.message, HasSubstr("whatever listens at 10.0.0.1:7070"));
}

TEST(Status, GarbageInTheDetailsIsNoDetails) {
  EXPECT_EQ(
      ErrorFromStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "x", "\xff\xff"), kBroker).code,
      ErrorCode::UNAVAILABLE);
}

TEST(Status, ErrorsWithinStreamsAreMappedTheSameWay) {
  v1::Error error;
  error.set_reason("STALE_GENERATION");
  error.set_message("gone");
  EXPECT_EQ(ErrorFromMessage(error).code, ErrorCode::STALE_GENERATION);
  error.set_reason("NEWER");
  error.set_status_code(grpc::StatusCode::ABORTED);
  EXPECT_EQ(ErrorFromMessage(error).code, ErrorCode::CONFLICT);
}

}  // namespace
}  // namespace strata
