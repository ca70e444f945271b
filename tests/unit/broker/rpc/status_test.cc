#include "broker/rpc/status.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "broker/wire/error_message.h"
#include "google/rpc/error_details.pb.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(Status, CarriesCodeMessageReasonDomainAndRemedy) {
  const grpc::Status status =
      ToGrpcStatus({ErrorCode::UNKNOWN_TOPIC, "topic 'orders' does not exist"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "topic 'orders' does not exist");

  const google::rpc::Status details = Details(status);
  EXPECT_EQ(details.code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(details.message(), status.error_message());
  ASSERT_EQ(details.details_size(), 1);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "UNKNOWN_TOPIC");
  EXPECT_EQ(info.domain(), "strata");
  EXPECT_EQ(info.metadata().at("remedy"), ErrorRemedy(ErrorCode::UNKNOWN_TOPIC));
}

TEST(Status, EveryErrorOfTheTableIsAnErrorToGrpcAndNamesItself){
#define STRATA_ERROR(number, name, grpc_status, remedy)                     \
  {                                                                         \
    const grpc::Status status = ToGrpcStatus({ErrorCode::name, "x"});       \
    EXPECT_EQ(status.error_code(), grpc::StatusCode::grpc_status) << #name; \
    google::rpc::ErrorInfo info;                                            \
    ASSERT_TRUE(Details(status).details(0).UnpackTo(&info));                \
    EXPECT_EQ(info.reason(), #name);                                        \
  }
#include "proto/base/errors.inc"
#undef STRATA_ERROR
}

TEST(Status, TheErrorOfAStreamSaysTheSame) {
  const v1::Error proto = ToProto({ErrorCode::STALE_GENERATION, "generation 3 is over"});
  EXPECT_EQ(proto.reason(), "STALE_GENERATION");
  EXPECT_EQ(proto.message(), "generation 3 is over");
  EXPECT_EQ(proto.status_code(), grpc::StatusCode::ABORTED);
}

TEST(PrintableMessage, KeepsValidUtf8) {
  const std::string text = "a \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  EXPECT_EQ(PrintableMessage(text), text);
}

TEST(PrintableMessage, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(PrintableMessage("a\xff"
                             "b"),
            "a?b");
  EXPECT_EQ(PrintableMessage("\xc3"), "?");
  EXPECT_EQ(PrintableMessage("\x80x"), "?x");
  EXPECT_EQ(PrintableMessage("\xc0\x80"), "??");            // overlong
  EXPECT_EQ(PrintableMessage("\xe0\x80\x80"), "???");       // overlong
  EXPECT_EQ(PrintableMessage("\xed\xa0\x80"), "???");       // a surrogate
  EXPECT_EQ(PrintableMessage("\xf4\x90\x80\x80"), "????");  // beyond U+10FFFF
}

TEST(PrintableMessage, ReplacesControlCharacters) {
  EXPECT_EQ(PrintableMessage("\x1b[2Ja\tb\nc\x7f"), "?[2Ja?b?c?");
  EXPECT_EQ(PrintableMessage(std::string("\0", 1)), "?");
  EXPECT_EQ(PrintableMessage("\xc2\x9b"
                             "2J"),
            "?2J");  // the one-character form of ESC [
  EXPECT_EQ(PrintableMessage("\xc2\xa0"), "\xc2\xa0");
}

TEST(PrintableMessage, IsBoundedAndNotCutWithinACharacter) {
  EXPECT_EQ(PrintableMessage(std::string(5000, 'x')).size(), 1024u);
  std::string euros;
  for (int i = 0; i < 1000; ++i) euros += "\xe2\x82\xac";
  EXPECT_EQ(PrintableMessage(euros), euros.substr(0, 1023));
}

}  // namespace
}  // namespace strata::broker
