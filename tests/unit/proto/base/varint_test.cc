#include "proto/base/varint.h"

#include <limits>
#include <string>
#include <vector>

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
  const std::string wide = Encoded(std::numeric_limits<std::uint64_t>::max());
  for (std::size_t length = 0; length < wide.size(); ++length) {
    const std::vector<char> exactly(wide.begin(), wide.begin() + length);
    std::string_view bytes(exactly.data(), exactly.size());
    std::uint64_t value = 0;
    EXPECT_FALSE(ReadVarint64(bytes, &value)) << length;
  }
  const std::string narrow = Encoded(std::numeric_limits<std::uint32_t>::max());
  for (std::size_t length = 0; length < narrow.size(); ++length) {
    const std::vector<char> exactly(narrow.begin(), narrow.begin() + length);
    std::string_view bytes(exactly.data(), exactly.size());
    std::uint32_t value = 0;
    EXPECT_FALSE(ReadVarint32(bytes, &value)) << length;
  }
}

TEST(Varint, IsNotInAViewOfNothing) {
  std::string_view nothing;
  std::uint64_t wide = 0;
  std::uint32_t narrow = 0;
  EXPECT_FALSE(ReadVarint64(nothing, &wide));
  EXPECT_FALSE(ReadVarint32(nothing, &narrow));
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

TEST(ZigZag, IsUndoneAtTheBordersOfBothTypes) {
  using Wide = std::numeric_limits<std::int64_t>;
  using Narrow = std::numeric_limits<std::int32_t>;
  for (const std::int64_t value : {Wide::min(), Wide::max(), std::int64_t{Narrow::min()},
                                   std::int64_t{Narrow::max()}, std::int64_t{-65}}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
  EXPECT_LE(ZigZag(Narrow::min()), std::numeric_limits<std::uint32_t>::max());
  EXPECT_LE(ZigZag(Narrow::max()), std::numeric_limits<std::uint32_t>::max());
}

}  // namespace
}  // namespace strata
