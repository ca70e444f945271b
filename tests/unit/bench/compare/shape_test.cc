#include "bench/compare/limits/shape.h"

#include <gtest/gtest.h>

namespace strata::compare {
namespace {

constexpr std::size_t kAboutARecord = 150;  // of 100 bytes, with what it is framed in

TEST(Shape, AMessageIsAsLargeAsTheClientWouldMakeIt) {
  const Shape shape = ShapeOf(100, kSendMessageBytes);
  EXPECT_LT(shape.message.size(), kSendMessageBytes + kAboutARecord);
  EXPECT_GT(shape.message.size(), kSendMessageBytes - 2 * kAboutARecord);
  EXPECT_LE(shape.records_per_message * 100, shape.message.size());
}

TEST(Shape, AMessageThatIsReadHoldsSeveralThatWereSent) {
  const Shape sent = ShapeOf(1'024, kSendMessageBytes);
  const Shape read = ShapeOf(1'024, kReceiveMessageBytes);
  EXPECT_EQ(read.message.size() % sent.message.size(), 0U);
  const auto batches = read.message.size() / sent.message.size();
  EXPECT_GE(batches, 2U);
  EXPECT_EQ(read.records_per_message, batches * sent.records_per_message);
  EXPECT_LT(read.message.size(), kReceiveMessageBytes + kAboutARecord);
}

TEST(Shape, AHugeValueStillMakesAMessage) {
  const Shape shape = ShapeOf(2 << 20, kSendMessageBytes);
  EXPECT_EQ(shape.records_per_message, 1U);
  EXPECT_GT(shape.message.size(), std::size_t{2} << 20);
}

TEST(Shape, TheLastMessageIsOneMoreIfItIsNotFull) {
  const Shape shape{.message = "", .records_per_message = 10};
  EXPECT_EQ(shape.MessagesFor(1), 1U);
  EXPECT_EQ(shape.MessagesFor(10), 1U);
  EXPECT_EQ(shape.MessagesFor(11), 2U);
}

}  // namespace
}  // namespace strata::compare
