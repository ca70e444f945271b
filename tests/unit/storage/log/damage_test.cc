#include "storage/log/damage.h"

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

// In the segment that begins with offset 100: offsets 110 to 119 are lost, 120 lies at 2500.
const DamagedRange kInside{110, 120, 100, 1000, 2500, "x"};
// From offset 150 on nothing of that segment is left.
const DamagedRange kAtTheEnd{150, 200, 100, 5000, std::nullopt, "x"};

TEST(DamageMap, WithoutDamageASegmentIsOneStretch) {
  const auto stretches = DamageMap().StretchesOf(100, 7000);
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0], (Stretch{100, 0, 7000}));
}

TEST(DamageMap, DamageDividesASegmentIntoStretches) {
  const auto stretches = DamageMap({kAtTheEnd, kInside}).StretchesOf(100, 7000);
  ASSERT_EQ(stretches.size(), 2u);
  EXPECT_EQ(stretches[0], (Stretch{100, 0, 1000}));
  EXPECT_EQ(stretches[1], (Stretch{120, 2500, 5000}));
}

TEST(DamageMap, DamageAtTheVeryBeginningLeavesNoEmptyStretch) {
  const auto stretches = DamageMap({{100, 120, 100, 0, 2500, "x"}}).StretchesOf(100, 7000);
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0], (Stretch{120, 2500, 7000}));
}

TEST(DamageMap, DamageOfOneSegmentIsNoneOfAnother) {
  const auto stretches = DamageMap({kInside}).StretchesOf(200, 300);
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0], (Stretch{200, 0, 300}));
}

TEST(DamageMap, AnOffsetIsFoundInTheRangeThatHoldsIt) {
  const DamageMap map({kInside, kAtTheEnd});
  EXPECT_EQ(map.Find(109), nullptr);
  EXPECT_EQ(map.Find(110)->end, 120);
  EXPECT_EQ(map.Find(119)->end, 120);
  EXPECT_EQ(map.Find(120), nullptr);
  EXPECT_EQ(map.Find(199)->end, 200);
}

TEST(DamageMap, TheSameDamageIsAddedOnce) {
  DamageMap map({kInside});
  map.Add(kInside);
  map.Add(kAtTheEnd);
  EXPECT_EQ(map.ranges().size(), 2u);
}

TEST(DamageMap, WhatIsTrimmedIsForgottenOnceAllOfItIs) {
  DamageMap map({kInside, kAtTheEnd});
  map.DropBelow(119);
  EXPECT_EQ(map.ranges().size(), 2u);
  map.DropBelow(120);
  EXPECT_EQ(map.ranges().size(), 1u);
}

}  // namespace
}  // namespace strata::storage
