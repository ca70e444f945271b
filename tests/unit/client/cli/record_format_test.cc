#include "client/cli/record_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::cli {
namespace {

using ::testing::HasSubstr;

RecordView Example() {
  return {.key = "k\0y",
          .value = std::string_view("v\0\xff", 3),
          .headers = {{"a", "1"}, {"b", std::nullopt}},
          .timestamp_ms = 1'767'323'045'000,
          .offset = 42};
}

std::string Written(std::string_view format, const RecordView& record = Example()) {
  std::string out;
  RecordFormat::Parse(format)->Write("orders", 3, record, &out);
  return out;
}

TEST(RecordFormat, WritesEachField) {
  EXPECT_EQ(Written("%s"), std::string("v\0\xff", 3));
  EXPECT_EQ(Written("%S"), "3");
  EXPECT_EQ(Written("%k"), "k");
  EXPECT_EQ(Written("%K"), "1");
  EXPECT_EQ(Written("%o"), "42");
  EXPECT_EQ(Written("%p"), "3");
  EXPECT_EQ(Written("%t"), "orders");
  EXPECT_EQ(Written("%T"), "1767323045000");
  EXPECT_EQ(Written("%h"), "a=1,b=");
}

TEST(RecordFormat, MixesFieldsAndText) {
  EXPECT_EQ(Written("%p:%o\\t%k=100%%\\n"), "3:42\tk=100%\n");
}

TEST(RecordFormat, UnderstandsEscapes) {
  EXPECT_EQ(Written("\\n\\r\\t\\\\\\0\\x41\\xff"), std::string("\n\r\t\\\0A\xff", 7));
}

TEST(RecordFormat, AnAbsentKeyOrValueIsEmptyAndItsLengthIsMinusOne) {
  EXPECT_EQ(Written("[%s|%S|%k|%K|%h]", {.offset = 1}), "[|-1||-1|]");
  EXPECT_EQ(Written("%S", {.value = ""}), "0");
}

TEST(RecordFormat, RefusesWhatItDoesNotKnow) {
  const auto why = [](std::string_view format) {
    const auto parsed = RecordFormat::Parse(format);
    EXPECT_FALSE(parsed) << format;
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_THAT(why("%q"), HasSubstr("'%q' is not one of"));
  EXPECT_THAT(why("%s%"), HasSubstr("a percent sign stands at the end"));
  EXPECT_THAT(why("\\q"), HasSubstr("'\\q' is not one of"));
  EXPECT_THAT(why("a\\"), HasSubstr("a backslash stands at the end"));
  EXPECT_THAT(why("\\x4"), HasSubstr("'\\x' is not one of"));
  EXPECT_THAT(why("\\xzz"), HasSubstr("'\\x' is not one of"));
}

TEST(Unescape, KeepsPlainText) {
  EXPECT_EQ(*Unescape("::"), "::");
  EXPECT_EQ(*Unescape("\\t"), "\t");
  EXPECT_EQ(*Unescape("a\\\\b"), "a\\b");
  EXPECT_FALSE(Unescape("\\"));
}

}  // namespace
}  // namespace strata::cli
