#include "proto/base/fragments.h"

#include <string_view>

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
        const Fragments behind = Behind(CutAt(kText, {first, second}), count);
        EXPECT_EQ(Joined(behind).view(), kText.substr(count));
      }
    }
  }
}

TEST(Fragments, NothingIsBehindMoreThanThereIs) {
  EXPECT_TRUE(Behind({}, 1).empty());
  EXPECT_TRUE(Behind(CutAt(kText, {4}), kText.size() + 1).empty());
}

TEST(Fragments, WhatIsBehindIsNotCopied) {
  const SharedBytes only = ExactCopy(kText);
  EXPECT_EQ(Behind({only}, 3).front().view().data(), only.view().data() + 3);
}

}  // namespace
}  // namespace strata
