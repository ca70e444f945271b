#include "proto/batch/crc32c.h"

#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(Crc32c, GivesTheCheckValueOfTheStandardVector) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
}

TEST(Crc32c, GivesTheValuesOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43u);
}

TEST(Crc32c, OfNothingIsZero) {
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32c, CanBeTakenPieceByPiece) {
  std::string text(1000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31);
  const std::string_view all = text;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    ASSERT_EQ(Crc32c(all.substr(cut), Crc32c(all.substr(0, cut))), Crc32c(all)) << cut;
  }
}

}  // namespace
}  // namespace strata
