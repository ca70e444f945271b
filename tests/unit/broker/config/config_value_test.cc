#include "broker/config/config_value.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

TEST(ParseInteger, TakesWholeNumbersWithinTheBoundsOnly) {
  EXPECT_EQ(ParseInteger("0", 0, 10), 0);
  EXPECT_EQ(ParseInteger("10", 0, 10), 10);
  EXPECT_EQ(ParseInteger("-5", -10, 10), -5);
  for (const char* text : {"", "11", "-1", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "1k", "one",
                           "1,0", "99999999999999999999"}) {
    EXPECT_FALSE(ParseInteger(text, 0, 10)) << text;
  }
  EXPECT_EQ(ParseInteger("many", 1, 9).error().message,
            "cannot be 'many': use a whole number from 1 to 9");
}

TEST(ParseFraction, TakesDecimalFractionsFromZeroToOne) {
  EXPECT_EQ(ParseFraction("0"), 0.0);
  EXPECT_EQ(ParseFraction("0.25"), 0.25);
  EXPECT_EQ(ParseFraction("1"), 1.0);
  for (const char* text :
       {"", "-0.1", "1.01", "2", "1e-3", "nan", "inf", " 0", "0 ", "0,5", "half"}) {
    EXPECT_FALSE(ParseFraction(text)) << text;
  }
  EXPECT_EQ(ParseFraction("2").error().message, "cannot be '2': use a number from 0 to 1");
}

TEST(ParseAddress, TakesHostAndPort) {
  for (const char* text : {"127.0.0.1:7070", "localhost:0", "[::1]:65535", "host.example:1"}) {
    EXPECT_EQ(ParseAddress(text), text);
  }
  for (const char* text : {"", "7070", ":7070", "host", "host:", "host:70700", "host:-1", "host:x",
                           "::1:7070", "a b:1", "http://x:1", "a,b:1"}) {
    EXPECT_FALSE(ParseAddress(text)) << text;
  }
  EXPECT_FALSE(ParseAddress(std::string_view("a\0b:1", 5)));
  EXPECT_FALSE(ParseAddress(""));
  EXPECT_EQ(ParseOptionalAddress(""), "");
  EXPECT_EQ(ParseOptionalAddress("off"), "");
}

TEST(ParsePath, RefusesWhatCannotBeAPath) {
  EXPECT_EQ(ParsePath("some/where"), "some/where");
  EXPECT_FALSE(ParsePath(""));
  EXPECT_FALSE(ParsePath(std::string_view("a\0b", 3)));
}

TEST(ParseDurability, KnowsTheThreeLevelsAndNothingElse) {
  EXPECT_EQ(ParseDurability("fsync"), Durability::kFsync);
  EXPECT_EQ(ParseDurability("os"), Durability::kOs);
  EXPECT_EQ(ParseDurability("none"), Durability::kNone);
  EXPECT_FALSE(ParseDurability("FSYNC"));
  EXPECT_FALSE(ParseDurability(""));
}

TEST(NearestName, TakesTheFewestChanges) {
  const std::vector<std::string_view> known = {"segment.ms", "segment.bytes", "durability"};
  EXPECT_EQ(NearestName("segment.byte", known), "segment.bytes");
  EXPECT_EQ(NearestName("segmentms", known), "segment.ms");
  EXPECT_EQ(NearestName("Durability", known), "durability");
  EXPECT_EQ(NearestName("durabilty", known), "durability");
}

}  // namespace
}  // namespace strata::broker
