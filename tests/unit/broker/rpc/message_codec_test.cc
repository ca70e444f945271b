#include "broker/rpc/message_codec.h"

#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include "strata/v1/admin.pb.h"

namespace strata::broker {
namespace {

grpc::ByteBuffer BufferOf(const std::vector<std::string>& pieces) {
  std::vector<grpc::Slice> slices;
  for (const std::string& piece : pieces) slices.emplace_back(piece);
  return grpc::ByteBuffer(slices.data(), slices.size());
}

TEST(MessageCodec, WhatWasSerializedParses) {
  v1::CreateTopicRequest request;
  request.set_name("orders");
  request.set_partition_count(3);
  v1::CreateTopicRequest parsed;
  const grpc::ByteBuffer bytes = SerializeMessage(request);
  ASSERT_TRUE(ParseMessage(bytes, &parsed));
  EXPECT_EQ(parsed.name(), "orders");
  EXPECT_EQ(parsed.partition_count(), 3);
  EXPECT_TRUE(ParseMessage(bytes, &parsed)) << "parsing leaves the bytes as they are";
}

TEST(MessageCodec, AMessageMayComeInPieces) {
  v1::CreateTopicRequest request;
  request.set_name("orders");
  const std::string bytes = request.SerializeAsString();
  v1::CreateTopicRequest parsed;
  ASSERT_TRUE(ParseMessage(BufferOf({bytes.substr(0, 3), bytes.substr(3)}), &parsed));
  EXPECT_EQ(parsed.name(), "orders");
}

TEST(MessageCodec, NothingIsTheEmptyMessage) {
  v1::CreateTopicRequest parsed;
  EXPECT_TRUE(ParseMessage(BufferOf({""}), &parsed));
  EXPECT_TRUE(ParseMessage(SerializeMessage(v1::CreateTopicRequest()), &parsed));
}

TEST(MessageCodec, WhatIsNotTheMessageIsMalformed) {
  for (const std::string& bytes : {std::string("\xff"),
                                   std::string("\x0a\x05"
                                               "ab"),
                                   std::string("\x0a\x01\xff") /* not UTF-8 */}) {
    v1::CreateTopicRequest parsed;
    const auto result = ParseMessage(BufferOf({bytes}), &parsed);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::MALFORMED_REQUEST);
    EXPECT_EQ(result.error().message, "the request is not a strata.v1.CreateTopicRequest");
  }
}

TEST(MessageCodec, AMessageWhichIsTooLargeIsNotParsed) {
  const std::string most(kMaxControlMessageBytes, '\0');
  v1::CreateTopicRequest parsed;
  EXPECT_EQ(ParseMessage(BufferOf({most}), &parsed).error().code, ErrorCode::MALFORMED_REQUEST);
  EXPECT_EQ(ParseMessage(BufferOf({most, "x"}), &parsed).error().code, ErrorCode::TOO_LARGE);
}

}  // namespace
}  // namespace strata::broker
