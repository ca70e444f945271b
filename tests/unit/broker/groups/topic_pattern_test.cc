#include "broker/groups/topic_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using ::testing::HasSubstr;

TEST(TopicPattern, MatchesWholeNames) {
  const auto pattern = TopicPattern::Compile("logs\\..*");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE((*pattern)->Matches("logs.web"));
  EXPECT_FALSE((*pattern)->Matches("old.logs.web"));
  EXPECT_FALSE((*pattern)->Matches("logs"));
}

TEST(TopicPattern, OneThatDoesNotCompileIsRefusedWithTheReason) {
  const auto pattern = TopicPattern::Compile("logs.(");
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().code, ErrorCode::INVALID_PATTERN);
  EXPECT_THAT(pattern.error().message, HasSubstr("missing )"));
}

TEST(TopicPattern, OneThatIsTooLongOrTakesTooMuchMemoryIsRefused) {
  for (const std::string& expression :
       {std::string(1'001, 'a'), std::string("((a{100}){100}){100}"), std::string("\\C\\1")}) {
    const auto pattern = TopicPattern::Compile(expression);
    ASSERT_FALSE(pattern) << expression;
    EXPECT_EQ(pattern.error().code, ErrorCode::INVALID_PATTERN);
  }
}

// Such an expression takes a back-tracking matcher longer than the universe is old.
TEST(TopicPattern, NoExpressionTakesLong) {
  const auto pattern = TopicPattern::Compile("(a*)*b");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE((*pattern)->Matches(std::string(249, 'a')));
}

TEST(TopicPatterns, CompileEachTextOnceForAllWhoUseItAtATime) {
  TopicPatterns patterns;
  auto first = *patterns.Compile("logs.*");
  EXPECT_EQ(first, *patterns.Compile("logs.*"));
  EXPECT_NE(first, *patterns.Compile("logs.+"));
  const std::weak_ptr<const TopicPattern> unused = first;
  first = nullptr;
  EXPECT_TRUE(unused.expired());
  EXPECT_TRUE((*patterns.Compile("logs.*"))->Matches("logs2"));
  EXPECT_EQ(patterns.Compile("logs(").error().code, ErrorCode::INVALID_PATTERN);
}

TEST(TopicMatches, LookAtEachTopicOnceAndAtThoseThatAreNew) {
  const auto topic = [](storage::TopicId id, const std::string& name) {
    auto made = std::make_shared<Topic>();
    made->id = id;
    made->name = name;
    return made;
  };
  const auto pattern = *TopicPattern::Compile("logs.*");
  std::vector<TopicPtr> topics = {topic(1, "logs"), topic(2, "other")};
  TopicMatches matches(pattern, [&] { return topics; });
  topics = {topic(1, "other"), topic(2, "logs"), topic(3, "logs3")};
  const auto again = matches.Now();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0]->id, 1u);
  EXPECT_EQ(again[1]->id, 3u);
  EXPECT_TRUE(TopicMatches(nullptr, [&] { return topics; }).Now().empty());
}

TEST(TopicPattern, OfTheLongestNamesHasRoom) {
  EXPECT_TRUE(TopicPattern::Compile(std::string(249, 'a') + "|" + std::string(249, 'b')));
}

}  // namespace
}  // namespace strata::broker
