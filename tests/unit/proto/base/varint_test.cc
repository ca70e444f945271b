#include "proto/base/varint.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

using namespace std::string_view_literals;

std::string Encoded(std::uint64_t value) {
  char buffer[kMaxVarint64Bytes];
  return std::string(buffer, WriteVarint(buffer, value));
}

TEST(Varint, IsReadBackAndHasTheSizeThatWasForetold) {
  for (int bits = 0; bits <= 64; ++bits) {
    const std::uint64_t power = bits == 64 ? 0 : std::uint64_t{1} << bits;
    for (const std::uint64_t value : {power - 1, power, power + 1}) {
      const std::string encoded = Encoded(value);
      EXPECT_EQ(encoded.size(), VarintBytes(value)) << value;
      const std::string followed = encoded + "\x81\x7f";
      std::string_view bytes = followed;
      std::uint64_t read = 0;
      ASSERT_TRUE(ReadVarint64(bytes, &read)) << value;
      EXPECT_EQ(read, value);
      EXPECT_EQ(bytes, "\x81\x7f");
    }
  }
}

TEST(Varint, HasTheBytesOfTheProtobufDocumentation) {
  EXPECT_EQ(Encoded(0), "\0"sv);
  EXPECT_EQ(Encoded(150), "\x96\x01");
  EXPECT_EQ(Encoded(std::numeric_limits<std::uint64_t>::max()),
            "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(Varint, IsRefusedWhereverItIsCutOff) {
  const std::string encoded = Encoded(std::numeric_limits<std::uint64_t>::max());
  for (std::size_t length = 0; length < encoded.size(); ++length) {
    std::string_view bytes = std::string_view(encoded).substr(0, length);
    std::uint64_t value = 0;
    EXPECT_FALSE(ReadVarint64(bytes, &value)) << length;
  }
}

TEST(Varint, IsRefusedIfItIsTooLongForItsType) {
  std::uint64_t wide = 0;
  std::uint32_t narrow = 0;
  for (const std::string_view text : {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv,
                                      "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"sv}) {
    std::string_view bytes = text;
    EXPECT_FALSE(ReadVarint64(bytes, &wide));
  }
  for (const std::string_view text : {"\x80\x80\x80\x80\x80\x00"sv, "\x80\x80\x80\x80\x10"sv}) {
    std::string_view bytes = text;
    EXPECT_FALSE(ReadVarint32(bytes, &narrow));
  }
}

TEST(Varint, IsReadInItsPaddedFormsToo) {
  std::string_view bytes = "\x85\x80\x80\x80\x00"sv;
  std::uint32_t value = 0;
  ASSERT_TRUE(ReadVarint32(bytes, &value));
  EXPECT_EQ(value, 5u);
}

TEST(ZigZag, KeepsSmallNumbersShortWhateverTheirSign) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(-64), 127u);
  EXPECT_EQ(ZigZag(std::numeric_limits<std::int64_t>::max()),
            std::numeric_limits<std::uint64_t>::max() - 1);
  EXPECT_EQ(ZigZag(std::numeric_limits<std::int64_t>::min()),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(ZigZag, IsReadBackAtTheBordersOfBothTypes) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::int64_t{-65}, std::int64_t{0}}) {
    const std::string encoded = Encoded(ZigZag(value));
    std::string_view bytes = encoded;
    std::int64_t read = 1;
    ASSERT_TRUE(ReadZigZag64(bytes, &read));
    EXPECT_EQ(read, value);
  }
  for (const std::int32_t value :
       {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    const std::string encoded = Encoded(ZigZag(value));
    std::string_view bytes = encoded;
    std::int32_t read = 0;
    ASSERT_TRUE(ReadZigZag32(bytes, &read));
    EXPECT_EQ(read, value);
  }
}

}  // namespace
}  // namespace strata
