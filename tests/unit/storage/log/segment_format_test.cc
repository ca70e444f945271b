// Freezes what FORMAT.md says of segment files.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Append;
using strata::testing::Hex;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;

TEST(SegmentFormat, AFileHoldsBatchesAndReservedSpaceAsItsPageSays) {
  LogPlace place;
  const auto store = place.Open();
  ASSERT_TRUE(store->Open({0xab, 3}, {}).has_value());
  ASSERT_TRUE(Append(*store, {0xab, 3}, MakeBatch({"a"})).has_value());
  ASSERT_TRUE(Append(*store, {0xab, 3}, MakeBatch({"b"})).has_value());
  std::ifstream in(place.path() + "/topics/00000000000000ab/3/00000000000000000000.log",
                   std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  ASSERT_EQ(bytes.size(), 65'536u);
  EXPECT_EQ(Hex(bytes.substr(0, 17)), "0000000000000000000000390000000002");
  EXPECT_EQ(bytes.substr(17, 69 - 17), MakeBatch({"a"}).substr(17));
  EXPECT_EQ(Hex(bytes.substr(69, 17)), "0000000000000001000000390000000002");
  EXPECT_EQ(bytes.substr(86, 138 - 86), MakeBatch({"b"}).substr(17));
  EXPECT_EQ(bytes.find_first_not_of('\0', 138), std::string::npos);
}

}  // namespace
}  // namespace strata::storage
