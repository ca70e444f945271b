// Freezes what FORMAT.md says of the producers of a partition.
#include "storage/log/producers/producer_codec.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace strata::storage {
namespace {

using std::chrono::milliseconds;
using strata::testing::Hex;

constexpr std::int32_t kLastSequence = std::numeric_limits<std::int32_t>::max();

TEST(ProducerCodec, BytesAreFrozen) {
  const ProducerSnapshot example{300, {{7, 1, milliseconds(5), {{10, 12, 200}, {13, 13, 299}}}}};
  EXPECT_EQ(Hex(EncodeProducers(example)), "01ac0201070105020ac801026000");
  EXPECT_EQ(Hex(EncodeProducers({})), "010000");
}

TEST(ProducerCodec, WhatIsWrittenIsReadBack) {
  const ProducerSnapshot all{std::numeric_limits<Offset>::max(),
                             {{std::numeric_limits<std::int64_t>::max(),
                               std::numeric_limits<std::int16_t>::max(),
                               milliseconds(std::numeric_limits<std::int64_t>::max()),
                               {{kLastSequence - 1, 3, 5}, {4, 4, 1LL << 60}}},
                              {0, 0, milliseconds(0), {{0, kLastSequence, 0}}}}};
  EXPECT_EQ(DecodeProducers(EncodeProducers(all)).value(), all);
  EXPECT_EQ(DecodeProducers(EncodeProducers({})).value(), ProducerSnapshot());
}

TEST(ProducerCodec, EveryCutAndEveryOtherFormatIsDamage) {
  const std::string bytes =
      EncodeProducers({300, {{7, 1, milliseconds(5), {{10, 12, 200}, {13, 13, 299}}}}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = DecodeProducers(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(decoded.has_value()) << size;
    EXPECT_EQ(decoded.error().code, ErrorCode::CORRUPT_LOG);
  }
  EXPECT_FALSE(DecodeProducers(bytes + '\0').has_value());
  EXPECT_FALSE(DecodeProducers('\2' + bytes.substr(1)).has_value());
}

TEST(ProducerCodec, NumbersThatCannotBeAreDamage) {
  const std::string front("\x01\x00\x01", 3);  // one producer
  const std::string good("\x07\x01\x05\x01\x00\x00\x00", 7);
  ASSERT_TRUE(DecodeProducers(front + good).has_value());
  const std::string no_batch("\x07\x01\x05\x00\x00\x00\x00", 7);
  const std::string batches_65("\x07\x01\x05\x41\x00\x00\x00", 7);
  const std::string epoch_32768("\x07\x80\x80\x02\x05\x01\x00\x00\x00", 9);
  const std::string sequence_2_31("\x07\x01\x05\x01\x80\x80\x80\x80\x08\x00\x00", 11);
  for (const std::string& bad : {no_batch, batches_65, epoch_32768, sequence_2_31}) {
    EXPECT_FALSE(DecodeProducers(front + bad).has_value()) << Hex(bad);
  }
  const std::string many_producers("\x01\x00\xff\xff\xff\xff\x0f", 7);
  EXPECT_FALSE(DecodeProducers(many_producers + good).has_value());
}

}  // namespace
}  // namespace strata::storage
