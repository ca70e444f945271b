#include "broker/append/append_request.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "proto/wire/payload_message.h"
#include "strata/v1/data.pb.h"
#include "tests/support/cut_bytes.h"

namespace strata::broker {
namespace {

using testing::CutAt;
using testing::CutEvery;

constexpr std::size_t kLarge = 100'000;
constexpr std::size_t kSmall = 1'000;

v1::AppendRequest Fields() {
  v1::AppendRequest request;
  request.set_topic("orders");
  request.set_partition(7);
  request.set_correlation_id(42);
  return request;
}

std::string Message(std::string_view batch) {
  v1::AppendRequest request = Fields();
  request.set_batch(std::string(batch));
  return request.SerializeAsString();
}

void ExpectParsed(const Fragments& message, std::string_view batch) {
  v1::AppendRequest request;
  const auto parsed = ParseAppendRequest(message, &request);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(Joined(*parsed).view(), batch);
  EXPECT_EQ(request.SerializeAsString(), Fields().SerializeAsString());
}

bool Shares(const Fragments& part, const Fragments& all) {
  for (const SharedBytes& fragment : part) {
    const char* begin = fragment.view().data();
    bool found = false;
    for (const SharedBytes& other : all) {
      const std::string_view view = other.view();
      found |= begin >= view.data() && begin < view.data() + view.size();
    }
    if (!found) return false;
  }
  return true;
}

TEST(ParseAppendRequest, TakesTheBatchOutWhereverTheMessageIsCut) {
  for (const std::size_t size : {kSmall, kLarge}) {
    const std::string batch(size, 'b');
    const std::string message = Message(batch);
    for (std::size_t cut = 0; cut < 100; ++cut) {
      ExpectParsed(CutAt(message, {cut, cut + 50}), batch);
    }
  }
}

TEST(ParseAppendRequest, DoesNotCopyALargeBatch) {
  const std::string batch(kLarge, 'b');
  const Fragments message = CutEvery(16 << 10, Message(batch));
  v1::AppendRequest request;
  const auto parsed = ParseAppendRequest(message, &request);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->size(), message.size());
  EXPECT_TRUE(Shares(*parsed, message));
}

TEST(ParseAppendRequest, CopiesASmallBatchThatWouldPinALargeBuffer) {
  const Fragments message = {SharedBytes::FromString(Message(std::string(kSmall, 'b')))};
  v1::AppendRequest request;
  const auto parsed = ParseAppendRequest(message, &request);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 1U);
  EXPECT_FALSE(Shares(*parsed, message));
}

TEST(ParseAppendRequest, CopiesALargeBatchThatCameInSmallPieces) {
  const std::string batch(kLarge, 'b');
  const Fragments message = CutEvery(1'000, Message(batch));
  v1::AppendRequest request;
  const auto parsed = ParseAppendRequest(message, &request);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 1U);
  EXPECT_EQ(parsed->front().view(), batch);
}

TEST(ParseAppendRequest, TakesFieldsInAnyOrder) {
  const std::string batch(kLarge, 'b');
  const std::string batch_first =
      PayloadPrefix(v1::AppendRequest::kBatchFieldNumber, batch.size()) + batch +
      Fields().SerializeAsString();
  ExpectParsed(CutEvery(16 << 10, batch_first), batch);
}

TEST(ParseAppendRequest, WithoutABatchThereAreNoFragments) {
  v1::AppendRequest request;
  EXPECT_TRUE(ParseAppendRequest({}, &request)->empty());
  const std::string fields = Fields().SerializeAsString();
  EXPECT_TRUE(ParseAppendRequest(CutEvery(3, fields), &request)->empty());
  EXPECT_EQ(request.topic(), "orders");
  EXPECT_TRUE(ParseAppendRequest(CutEvery(3, Message("")), &request)->empty());
}

TEST(ParseAppendRequest, RefusesWhatIsNoRequest) {
  v1::AppendRequest request;
  std::string message = Message(std::string(kLarge, 'b'));
  message.pop_back();
  EXPECT_EQ(ParseAppendRequest(CutEvery(16 << 10, message), &request).error().code,
            ErrorCode::MALFORMED_REQUEST);
  const std::string not_utf8 = "\x0a\x01\xff" + Message(std::string(kLarge, 'b'));
  EXPECT_EQ(ParseAppendRequest(CutEvery(16 << 10, not_utf8), &request).error().code,
            ErrorCode::MALFORMED_REQUEST);
}

TEST(ParseAppendRequest, RefusesMoreRecordsThanItMayHave) {
  v1::AppendRequest many;
  for (int i = 0; i < 100'100; ++i) many.add_records();
  v1::AppendRequest request;
  EXPECT_EQ(ParseAppendRequest(CutEvery(16 << 10, many.SerializeAsString()), &request).error().code,
            ErrorCode::TOO_LARGE);
}

}  // namespace
}  // namespace strata::broker
