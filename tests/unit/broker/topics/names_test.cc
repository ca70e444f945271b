#include "broker/topics/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using ::testing::HasSubstr;

TEST(Names, EveryAllowedCharacterAndLengthIsAccepted) {
  EXPECT_TRUE(ValidateTopicName("a"));
  EXPECT_TRUE(ValidateTopicName("abcXYZ019._-"));
  EXPECT_TRUE(ValidateTopicName("..."));
  EXPECT_TRUE(ValidateTopicName("-rf"));
  EXPECT_TRUE(ValidateTopicName(std::string(249, 'x')));
}

TEST(Names, HostileNamesAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../x"), std::string("a/b"),
        std::string("a b"), std::string("a\0b", 3), std::string("a\nb"), std::string("\xc3\xa9"),
        std::string("\xff"), std::string(250, 'x'), std::string(1 << 20, 'x')}) {
    const auto topic = ValidateTopicName(name);
    ASSERT_FALSE(topic) << Quoted(name);
    EXPECT_EQ(topic.error().code, ErrorCode::INVALID_TOPIC_NAME);
    EXPECT_LT(topic.error().message.size(), 500u);
    const auto group = ValidateGroupName(name);
    ASSERT_FALSE(group) << Quoted(name);
    EXPECT_EQ(group.error().code, ErrorCode::INVALID_GROUP_NAME);
  }
}

TEST(Names, MessagesSayWhatIsWrong) {
  EXPECT_EQ(ValidateTopicName("").error().message, "the topic name is empty");
  EXPECT_THAT(ValidateTopicName("../x").error().message, HasSubstr("'../x' contains '/'"));
  EXPECT_THAT(ValidateGroupName(std::string(300, 'x')).error().message,
              HasSubstr("has 300 characters, more than 249"));
}

TEST(Quoted, EscapesWhatIsNotPrintableAsciiAndItsOwnMarks) {
  EXPECT_EQ(Quoted("plain text"), "'plain text'");
  EXPECT_EQ(Quoted(std::string("\0\n\x1b\x7f\xff", 5)), "'\\x00\\x0a\\x1b\\x7f\\xff'");
  EXPECT_EQ(Quoted("it's \\"), "'it\\x27s \\x5c'");
}

TEST(Quoted, CutsLongText) {
  EXPECT_EQ(Quoted(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(Quoted(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace strata::broker
