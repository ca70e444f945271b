#include "client/lib/rpc/buffers.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include "strata/v1/data.pb.h"

namespace strata {
namespace {

// Too long for gRPC to keep it within the slice itself.
constexpr std::string_view kFirst = "the first of the two slices that were received";
constexpr std::string_view kSecond = "and the second one, which is as long as that";

std::vector<grpc::Slice> SlicesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  return slices;
}

v1::AppendRequest Request() {
  v1::AppendRequest request;
  request.set_topic("orders");
  request.set_partition(3);
  return request;
}

TEST(Buffers, ReceivedSlicesAreSharedAndOutliveTheBuffer) {
  auto slices = std::make_unique<std::vector<grpc::Slice>>();
  slices->emplace_back(std::string(kFirst));
  slices->emplace_back(std::string(kSecond));
  const void* first = slices->front().begin();
  const Fragments fragments = ToFragments(grpc::ByteBuffer(slices->data(), slices->size()));
  slices.reset();
  ASSERT_EQ(fragments.size(), 2U);
  EXPECT_EQ(static_cast<const void*>(fragments[0].view().data()), first);
  EXPECT_EQ(fragments[0].view(), kFirst);
  EXPECT_EQ(fragments[1].view(), kSecond);
}

TEST(Buffers, APayloadIsSentAndReceivedWithoutACopy) {
  const SharedBytes payload = SharedBytes::FromString(std::string(kFirst));
  const auto buffer = ToBuffer(Request(), v1::AppendRequest::kBatchFieldNumber, payload);
  EXPECT_EQ(static_cast<const void*>(SlicesOf(buffer).back().begin()), payload.view().data());

  v1::AppendRequest request;
  const auto batch =
      ParseWithPayload(ToFragments(buffer), v1::AppendRequest::kBatchFieldNumber, &request);
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(request.topic(), "orders");
  EXPECT_EQ(request.partition(), 3);
  EXPECT_TRUE(request.batch().empty());
  ASSERT_EQ(batch->size(), 1U);
  EXPECT_EQ(batch->front().view().data(), payload.view().data());
}

TEST(Buffers, AMessageWithPayloadIsWhatProtobufWouldHaveSent) {
  const auto buffer = ToBuffer(Request(), v1::AppendRequest::kBatchFieldNumber,
                               SharedBytes::FromString(std::string(kSecond)));
  v1::AppendRequest request;
  ASSERT_TRUE(Parse(ToFragments(buffer), &request));
  EXPECT_EQ(request.topic(), "orders");
  EXPECT_EQ(request.batch(), kSecond);
}

TEST(Buffers, WhatIsNoMessageIsRefused) {
  const Fragments bytes = {SharedBytes::FromString(std::string("\x0a\x7f cut off"))};
  v1::AppendRequest request;
  EXPECT_FALSE(Parse(bytes, &request));
  const auto batch = ParseWithPayload(bytes, v1::AppendRequest::kBatchFieldNumber, &request);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, ErrorCode::MALFORMED_REQUEST);
}

}  // namespace
}  // namespace strata
