#include "proto/base/fragments.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/cut_bytes.h"

namespace strata {
namespace {

using testing::CutAt;
using testing::ExactCopy;

constexpr std::string_view kText = "abcdefgh";

TEST(Fragments, AreAsLongAsAllOfThem) {
  EXPECT_EQ(TotalBytes({}), 0U);
  EXPECT_EQ(TotalBytes(CutAt(kText, {0, 3, 3})), kText.size());
}

TEST(Fragments, AreJoinedInTheirOrder) {
  EXPECT_EQ(Joined({}).view(), "");
  EXPECT_EQ(Joined(CutAt(kText, {0, 3, 3, 7})).view(), kText);
}

TEST(Fragments, OneIsNotCopiedToBeJoined) {
  const SharedBytes only = ExactCopy(kText);
  EXPECT_EQ(Joined({only}).view().data(), only.view().data());
}

TEST(Fragments, WhatIsBehindIsTheRestWhereverTheyAreCut) {
  for (std::size_t first = 0; first <= kText.size(); ++first) {
    for (std::size_t second = first; second <= kText.size(); ++second) {
      for (std::size_t count = 0; count <= kText.size(); ++count) {
        const Fragments behind = WithoutFirst(CutAt(kText, {first, second}), count);
        EXPECT_EQ(Joined(behind).view(), kText.substr(count));
      }
    }
  }
}

TEST(Fragments, NothingIsBehindMoreThanThereIs) {
  EXPECT_TRUE(WithoutFirst({}, 1).empty());
  EXPECT_TRUE(WithoutFirst(CutAt(kText, {4}), kText.size() + 1).empty());
}

TEST(Fragments, WhatIsBehindIsNotCopied) {
  const SharedBytes only = ExactCopy(kText);
  EXPECT_EQ(WithoutFirst({only}, 3).front().view().data(), only.view().data() + 3);
}

TEST(FragmentReader, GoesThroughAllOfItInStepsOfAnySize) {
  for (std::size_t step = 1; step <= kText.size() + 1; ++step) {
    const Fragments fragments = CutAt(kText, {0, 3, 3, 4});
    std::string taken;
    FragmentReader reader(fragments);
    while (!reader.AtEnd()) {
      EXPECT_EQ(reader.left_bytes(), kText.size() - taken.size());
      std::vector<char> next(step);
      const std::size_t there = reader.Peek(next);
      EXPECT_EQ(std::string_view(next.data(), there), kText.substr(taken.size(), step));
      taken.append(Joined(reader.Take(step)).view());
    }
    EXPECT_EQ(taken, kText);
    EXPECT_TRUE(reader.Take(1).empty());
  }
}

TEST(FragmentReader, SkipsWhatIsThere) {
  const Fragments fragments = CutAt(kText, {3});
  FragmentReader reader(fragments);
  reader.Skip(4);
  EXPECT_EQ(Joined(reader.Take(2)).view(), kText.substr(4, 2));
  reader.Skip(100);
  EXPECT_TRUE(reader.AtEnd());
}

TEST(FragmentReader, IsAtTheEndOfNothing) {
  EXPECT_TRUE(FragmentReader().AtEnd());
  EXPECT_TRUE(FragmentReader(CutAt("", {0, 0})).AtEnd());
}

}  // namespace
}  // namespace strata
