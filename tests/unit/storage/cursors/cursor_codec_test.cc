#include "storage/cursors/cursor_codec.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

using namespace std::string_literals;

// These bytes are on people's disks: a change here is a new format version.
TEST(CursorCodecTest, GoldenBytes) {
  EXPECT_EQ(EncodeGroupKey("ab"), "gab");
  EXPECT_EQ(EncodeGroupValue(), "\x01");
  EXPECT_EQ(EncodeCursorKey("ab", {0x0102030405060708, 9}),
            "c\0\0\0\x02"
            "ab\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\x09"s);
  EXPECT_EQ(EncodeCursor({}), "\x01\0\0\0\0\0"s);
  EXPECT_EQ(EncodeCursor({299, 0, "m1", "note", 127}), "\x01\xac\x02\x01\x80\x01\x02m1\x04note"s);
}

TEST(CursorCodecTest, ReadsBackWhatWasWritten) {
  constexpr auto kMost = std::numeric_limits<Offset>::max();
  const std::vector<Cursor> cursors = {{},
                                       {kMost, kMost, "member", "meta\0data"s, kMost},
                                       {0, kNoOffset, "", std::string(70000, 'x'), 0}};
  for (const Cursor& cursor : cursors) EXPECT_EQ(DecodeCursor(EncodeCursor(cursor)), cursor);
}

TEST(CursorCodecTest, KeysOfAGroupLieTogetherByTopicAndPartition) {
  const std::string first = EncodeCursorKey("g", {1, 2});
  EXPECT_TRUE(first.starts_with(CursorKeyPrefix("g")));
  EXPECT_LT(first, EncodeCursorKey("g", {1, 10}));
  EXPECT_LT(EncodeCursorKey("g", {1, 10}), EncodeCursorKey("g", {256, 0}));
}

TEST(CursorCodecTest, NoGroupsKeysBeginWithThePrefixOfAnother) {
  const std::vector<std::string> names = {"", "a", "ab", "a\0"s, "\0"s, "\0\0\0\x01"s, "\xff"s};
  for (const auto& one : names) {
    for (const auto& other : names) {
      EXPECT_EQ(EncodeCursorKey(other, {7, 7}).starts_with(CursorKeyPrefix(one)), one == other);
    }
    const std::string encoded = EncodeCursorKey(one, {7, 8});
    const auto key = DecodeCursorKey(encoded);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(key->group, one);
    EXPECT_EQ(key->partition, (PartitionId{7, 8}));
  }
}

TEST(CursorCodecTest, RefusesEveryTruncationAndWhatFollows) {
  const std::string cursor = EncodeCursor({300, 200, "member", "metadata", 100});
  for (std::size_t size = 0; size < cursor.size(); ++size) {
    EXPECT_FALSE(DecodeCursor(cursor.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(DecodeCursor(cursor + "x").has_value());
  const std::string key = EncodeCursorKey("group", {1, 2});
  for (std::size_t size = 0; size < key.size(); ++size) {
    EXPECT_FALSE(DecodeCursorKey(key.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(DecodeCursorKey(key + "x").has_value());
}

TEST(CursorCodecTest, RefusesAnotherFormatVersion) {
  std::string cursor = EncodeCursor({});
  cursor[0] = 2;
  EXPECT_FALSE(DecodeCursor(cursor).has_value());
}

}  // namespace
}  // namespace strata::storage
