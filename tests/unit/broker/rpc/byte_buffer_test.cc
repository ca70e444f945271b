#include "broker/rpc/byte_buffer.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

// Too long for gRPC to keep it within the slice itself.
constexpr std::string_view kFirst = "the first of the two slices that were received";
constexpr std::string_view kSecond = "and the second one, which is as long as that";

TEST(ByteBuffer, ReceivedSlicesAreSharedAndOutliveTheBuffer) {
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

TEST(ByteBuffer, NothingReceivedHasNoFragments) {
  EXPECT_TRUE(ToFragments(grpc::ByteBuffer()).empty());
}

TEST(ByteBuffer, AMessageIsSentAsItsFragmentsAre) {
  const SharedBytes shared = SharedBytes::FromString(std::string(kFirst));
  const grpc::ByteBuffer buffer = ToByteBuffer({shared, SharedBytes::FromString("short")});
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(buffer.Dump(&slices).ok());
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(reinterpret_cast<const char*>(slices[0].begin()), shared.view().data());
  EXPECT_EQ(slices[1].size(), 5U);
}

}  // namespace
}  // namespace strata::broker
