#include "storage/log/cleaning/key_map.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

TEST(KeyHash, SameKeysHaveTheSameHashAndOthersDoNot) {
  KeyHasher hash;
  EXPECT_EQ(hash("a"), hash("a"));
  EXPECT_FALSE(hash("a") == hash("b"));
  EXPECT_FALSE(hash("") == hash(std::string(1, '\0')));
  EXPECT_EQ(hash(std::string(100'000, 'x')), hash(std::string(100'000, 'x')));
}

TEST(KeyHash, EachHasherHasASecretOfItsOwn) {
  EXPECT_FALSE(KeyHasher()("a") == KeyHasher()("a"));
}

TEST(KeyMap, RemembersTheLastOffsetOfEachKey) {
  KeyHasher hash;
  KeyMap map(1 << 20);
  std::map<std::string, Offset> expected;
  for (Offset offset = 0; offset < 10'000; ++offset) {
    const std::string key = std::to_string(offset * offset % 3'001);
    ASSERT_TRUE(map.Note(hash(key), offset));
    expected[key] = offset;
  }
  EXPECT_EQ(map.size(), expected.size());
  for (const auto& [key, offset] : expected) EXPECT_EQ(map.Find(hash(key)), offset);
  EXPECT_EQ(map.Find(hash("never seen")), std::nullopt);
}

TEST(KeyMap, AFullMapStillKnowsWhatItHasAndMovesIt) {
  KeyHasher hash;
  KeyMap map(10'000);
  Offset offset = 0;
  while (map.Note(hash(std::to_string(offset)), offset)) ++offset;
  EXPECT_GT(offset, 100);
  EXPECT_LE(map.size() * 24, 10'000u);
  EXPECT_FALSE(map.Note(hash("one more"), 1'000'000));
  EXPECT_EQ(map.Find(hash("one more")), std::nullopt);
  EXPECT_TRUE(map.Note(hash("0"), 1'000'000));
  EXPECT_EQ(map.Find(hash("0")), 1'000'000);
  for (Offset i = 1; i < offset; ++i) EXPECT_EQ(map.Find(hash(std::to_string(i))), i);
}

TEST(KeyMap, HasRoomForOneKeyInAnyCase) {
  KeyHasher hash;
  KeyMap map(0);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.Find(hash("a")), std::nullopt);
  EXPECT_TRUE(map.Note(hash("a"), 1));
  EXPECT_FALSE(map.Note(hash("b"), 2));
  EXPECT_EQ(map.Find(hash("a")), 1);
}

}  // namespace
}  // namespace strata::storage
