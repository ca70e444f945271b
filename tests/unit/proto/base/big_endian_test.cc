#include "proto/base/big_endian.h"

#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(BigEndian, PutsTheHighestByteFirstAtAnyAlignment) {
  char bytes[16] = {};
  StoreBigEndian(bytes + 1, std::int64_t{0x0102030405060708});
  EXPECT_EQ(std::string(bytes + 1, 8), "\1\2\3\4\5\6\7\10");
  EXPECT_EQ(LoadBigEndian<std::int64_t>(bytes + 1), 0x0102030405060708);
  EXPECT_EQ(LoadBigEndian<std::int32_t>(bytes + 1), 0x01020304);
  EXPECT_EQ(LoadBigEndian<std::int16_t>(bytes + 1), 0x0102);
  EXPECT_EQ(LoadBigEndian<std::int8_t>(bytes + 1), 1);
}

TEST(BigEndian, KeepsTheSign) {
  char bytes[8];
  StoreBigEndian(bytes, std::int16_t{-2});
  EXPECT_EQ(LoadBigEndian<std::int16_t>(bytes), -2);
  EXPECT_EQ(LoadBigEndian<std::uint16_t>(bytes), 0xfffe);
}

}  // namespace
}  // namespace strata
