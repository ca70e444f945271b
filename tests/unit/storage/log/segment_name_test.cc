#include "storage/log/segment_name.h"

#include <limits>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

TEST(SegmentName, PathsAreMadeOfIdsAlone) {
  EXPECT_EQ(PartitionDirectory("/data", {0xab, 12}), "/data/topics/00000000000000ab/12");
  EXPECT_EQ(SegmentPath("/data", {0xab, 12}, 345),
            "/data/topics/00000000000000ab/12/00000000000000000345.log");
}

TEST(SegmentName, NamesSortAsTheirOffsetsDo) {
  EXPECT_LT(SegmentFileName(9), SegmentFileName(10));
  EXPECT_LT(SegmentFileName(10), SegmentFileName(std::numeric_limits<Offset>::max()));
}

TEST(SegmentName, NamesAreReadBack) {
  for (const Offset offset : {Offset{0}, Offset{123}, std::numeric_limits<Offset>::max()}) {
    EXPECT_EQ(ParseSegmentFileName(SegmentFileName(offset)), offset);
  }
}

TEST(SegmentName, OtherNamesAreNotSegments) {
  for (const char* name :
       {"", ".log", "5.log", "0000000000000000000x.log", "-0000000000000000001.log",
        "00000000000000000005.txt", "99999999999999999999.log", "00000000000000000005.log.cut-at-7",
        "000000000000000000005.log"}) {
    EXPECT_EQ(ParseSegmentFileName(name), std::nullopt) << name;
  }
}

TEST(SegmentName, ASegmentThatIsWrittenAnewHasANameThatIsNoSegments) {
  EXPECT_EQ(RewrittenPath("/data", {0xab, 12}, 345, 7),
            "/data/topics/00000000000000ab/12/00000000000000000345.log.generation-7");
  const std::string name = SegmentFileName(345) + ".generation-7";
  EXPECT_TRUE(IsRewrittenFileName(name));
  EXPECT_EQ(ParseSegmentFileName(name), std::nullopt);
  for (const std::string& other : {std::string(), std::string(".generation-7"),
                                   SegmentFileName(345), SegmentFileName(345) + ".cut-at-7"}) {
    EXPECT_FALSE(IsRewrittenFileName(other)) << other;
  }
}

}  // namespace
}  // namespace strata::storage
