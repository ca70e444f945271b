#include "client/lib/position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata {
namespace {

using ::testing::HasSubstr;

constexpr TimestampMs kNow = 1'767'323'045'000;

TimestampMs TimeOf(std::string_view text) {
  const auto position = Position::Parse(text, kNow);
  EXPECT_TRUE(position) << (position ? "" : position.error().message);
  EXPECT_EQ(position->kind(), Position::Kind::kTime);
  return position->timestamp_ms();
}

std::string WhyNot(std::string_view text) {
  const auto position = Position::Parse(text, kNow);
  EXPECT_FALSE(position) << text;
  if (position) return "";
  EXPECT_EQ(position.error().code, ErrorCode::INVALID_ARGUMENT);
  return position.error().message;
}

TEST(Position, KnowsTheEdges) {
  EXPECT_EQ(Position::Parse("beginning", kNow)->kind(), Position::Kind::kBeginning);
  EXPECT_EQ(Position::Parse("end", kNow)->kind(), Position::Kind::kEnd);
}

TEST(Position, ReadsAnOffset) {
  EXPECT_EQ(Position::Parse("0", kNow)->offset(), 0);
  EXPECT_EQ(Position::Parse("9223372036854775807", kNow)->offset(), 9223372036854775807);
}

TEST(Position, RefusesWhatIsNeitherEdgeNorOffset) {
  for (const auto* text : {"", "1.5", "12 ", "End", "9223372036854775808"}) {
    EXPECT_THAT(WhyNot(text), HasSubstr("is not a position")) << text;
  }
}

TEST(Position, ReadsUnixMilliseconds) {
  EXPECT_EQ(TimeOf("@1767322800000"), 1767322800000);
  EXPECT_EQ(TimeOf("@0"), 0);
}

TEST(Position, ReadsATimeInUtc) {
  EXPECT_EQ(TimeOf("@2026-01-02T03:04:05Z"), 1767323045000);
  EXPECT_EQ(TimeOf("@2026-01-02t03:04:05z"), 1767323045000);
  EXPECT_EQ(TimeOf("@2026-01-02 03:04:05Z"), 1767323045000);
  EXPECT_EQ(TimeOf("@2024-02-29T00:00:00Z"), 1709164800000);
}

TEST(Position, ReadsHowLongAgo) {
  EXPECT_EQ(TimeOf("-90s"), kNow - 90'000);
  EXPECT_EQ(TimeOf("-15m"), kNow - 900'000);
  EXPECT_EQ(TimeOf("-1h"), kNow - 3'600'000);
  EXPECT_EQ(TimeOf("-7d"), kNow - 604'800'000);
  EXPECT_EQ(TimeOf("-0s"), kNow);
}

TEST(Position, RefusesTimesAgoThatAreNoneOrFromBefore1970) {
  for (const auto* text : {"-", "-1", "-h", "--1h", "-1.5h", "-1w", "-1 h", "-30000d",
                           "-9223372036854775807d", "-9223372036854775808s"}) {
    EXPECT_THAT(WhyNot(text), HasSubstr("is not a time before now")) << text;
  }
}

TEST(Position, TakesADateForItsMidnight) {
  EXPECT_EQ(TimeOf("@2024-02-29"), 1709164800000);
}

TEST(Position, ReadsFractionsToTheMillisecond) {
  EXPECT_EQ(TimeOf("@2026-01-02T03:04:05.5Z"), 1767323045500);
  EXPECT_EQ(TimeOf("@2026-01-02T03:04:05.006Z"), 1767323045006);
  EXPECT_EQ(TimeOf("@2026-01-02T03:04:05.123999999Z"), 1767323045123);
}

TEST(Position, ReadsZoneOffsets) {
  EXPECT_EQ(TimeOf("@2026-01-02T05:04:05+02:00"), 1767323045000);
  EXPECT_EQ(TimeOf("@2026-01-01T21:34:05-05:30"), 1767323045000);
}

TEST(Position, CountsALeapSecondAsTheNextMinute) {
  EXPECT_EQ(TimeOf("@2016-12-31T23:59:60Z"), TimeOf("@2017-01-01T00:00:00Z"));
}

TEST(Position, SaysWhatIsWrongWithATime) {
  EXPECT_THAT(WhyNot("@"), HasSubstr("the date is not YYYY-MM-DD"));
  EXPECT_THAT(WhyNot("@26-01-02T03:04:05Z"), HasSubstr("the date is not YYYY-MM-DD"));
  EXPECT_THAT(WhyNot("@2026-01-02x"), HasSubstr("the time of day is missing"));
  EXPECT_THAT(WhyNot("@2026-02-30"), HasSubstr("there is no such day"));
  EXPECT_THAT(WhyNot("@2026-01-02T3:04:05Z"), HasSubstr("the time of day is not HH:MM:SS"));
  EXPECT_THAT(WhyNot("@2026-01-02T03:04:05.Z"), HasSubstr("fraction of a second has no digits"));
  EXPECT_THAT(WhyNot("@2026-01-02T03:04:05"), HasSubstr("the zone is neither Z nor"));
  EXPECT_THAT(WhyNot("@2026-01-02T03:04:05+24:00"), HasSubstr("the zone is neither Z nor"));
  EXPECT_THAT(WhyNot("@2026-01-02T03:04:05Zx"), HasSubstr("something follows the zone"));
  EXPECT_THAT(WhyNot("@2026-02-29T00:00:00Z"), HasSubstr("there is no such day"));
  EXPECT_THAT(WhyNot("@2026-01-02T24:00:00Z"), HasSubstr("there is no such time of day"));
  EXPECT_THAT(WhyNot("@1969-12-31T23:59:59Z"), HasSubstr("before 1970"));
  EXPECT_THAT(WhyNot("@-5"), HasSubstr("the date is not YYYY-MM-DD"));
}

}  // namespace
}  // namespace strata
