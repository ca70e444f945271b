#include "broker/rpc/join_request.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strata/v1/groups.pb.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr JoinDefaults kDefaults{.max_bytes = 1 << 24,
                                 .max_processing = milliseconds(300'000),
                                 .return_within = milliseconds(45'000)};

Result<JoinRequest> Read(const v1::Join& join) {
  static TopicPatterns patterns;
  return ReadJoin(join, kDefaults, patterns, "ipv4:127.0.0.1:1");
}

std::optional<ErrorCode> WhyRefused(const v1::Join& join) {
  const auto request = Read(join);
  if (request) return std::nullopt;
  return request.error().code;
}

TEST(ReadJoin, AMemberThatAsksForNothingSpecialGetsTheBrokersDefaults) {
  const auto request = Read({});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->options.strategy, AssignmentStrategy::kUniform);
  EXPECT_EQ(request->options.return_within, milliseconds(45'000));
  EXPECT_FALSE(request->pattern);
  EXPECT_EQ(request->session.max_processing, milliseconds(300'000));
  EXPECT_FALSE(request->session.as_batches);
  EXPECT_EQ(request->session.max_bytes, std::size_t{1} << 20);
  EXPECT_EQ(request->info.instance_id, "");
  EXPECT_EQ(request->info.peer, "ipv4:127.0.0.1:1");
}

TEST(ReadJoin, TakesWhatAMemberAsksFor) {
  v1::Join join;
  join.set_client_id("host1");
  join.set_encoding(v1::ENCODING_BATCHES);
  join.set_strategy(v1::ASSIGNMENT_STRATEGY_RANGE);
  join.set_instance_id("worker-7");
  join.set_return_within_ms(1'000);
  join.set_max_processing_ms(2'000);
  join.set_topic_pattern("logs.*");
  join.set_max_bytes(4'096);
  const auto request = Read(join);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->options.strategy, AssignmentStrategy::kRange);
  EXPECT_EQ(request->options.return_within, milliseconds(1'000));
  EXPECT_TRUE(request->pattern->Matches("logs2"));
  EXPECT_EQ(request->session.max_processing, milliseconds(2'000));
  EXPECT_TRUE(request->session.as_batches);
  EXPECT_EQ(request->session.max_bytes, 4'096u);
  EXPECT_EQ(request->info.client_id, "host1");
  EXPECT_EQ(request->info.instance_id, "worker-7");
  EXPECT_THAT(request->info.id, StartsWith("worker-7-"));
}

TEST(ReadJoin, EveryMemberHasANewId) {
  EXPECT_NE(Read({})->info.id, Read({})->info.id);
}

TEST(ReadJoin, NobodyGetsMoreBytesAtATimeThanTheBrokerSends) {
  v1::Join join;
  join.set_max_bytes(std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(Read(join)->session.max_bytes, std::size_t{1} << 24);
}

TEST(ReadJoin, RefusesTimesThatAreNegativeOrLongerThanADay) {
  for (const std::int64_t time :
       {std::int64_t{-1}, std::int64_t{86'400'001}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    v1::Join returns;
    returns.set_return_within_ms(time);
    EXPECT_EQ(WhyRefused(returns), ErrorCode::INVALID_ARGUMENT) << time;
    v1::Join processing;
    processing.set_max_processing_ms(time);
    EXPECT_EQ(WhyRefused(processing), ErrorCode::INVALID_ARGUMENT) << time;
  }
}

TEST(ReadJoin, RefusesEncodingsAndStrategiesThatDoNotExist) {
  v1::Join encoding;
  encoding.set_encoding(static_cast<v1::Encoding>(99));
  EXPECT_EQ(WhyRefused(encoding), ErrorCode::INVALID_ARGUMENT);
  v1::Join strategy;
  strategy.set_strategy(static_cast<v1::AssignmentStrategy>(99));
  EXPECT_EQ(WhyRefused(strategy), ErrorCode::INVALID_ARGUMENT);
}

TEST(ReadJoin, RefusesAPatternThatDoesNotCompile) {
  v1::Join join;
  join.set_topic_pattern("[a-");
  EXPECT_EQ(WhyRefused(join), ErrorCode::INVALID_PATTERN);
}

TEST(ReadJoin, RefusesAnInstanceIdThatIsTooLongAndShowsNoneUnescaped) {
  v1::Join join;
  join.set_instance_id(std::string(250, 'i'));
  EXPECT_EQ(WhyRefused(join), ErrorCode::INVALID_ARGUMENT);
  join.set_instance_id("a\nb");
  ASSERT_TRUE(Read(join));
  EXPECT_THAT(Read(join)->info.id, ::testing::Not(HasSubstr("\n")));
}

class FindNamedTopicsTest : public ::testing::Test {
 protected:
  FindNamedTopicsTest() {
    for (const char* name : {"logs.web", "logs.db", "orders"})
      EXPECT_TRUE(topics_->Create(name, 1, {}));
  }

  Result<std::vector<std::string>> Names(const v1::Join& join) {
    STRATA_TRY_ASSIGN(const auto topics, FindNamedTopics(*topics_, join));
    std::vector<std::string> names;
    for (const TopicPtr& topic : topics) names.push_back(topic->name);
    return names;
  }

  strata::testing::MemoryStores stores_;
  std::unique_ptr<TopicRegistry> topics_ =
      *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
};

TEST_F(FindNamedTopicsTest, FindsWhatIsNamedEachOnce) {
  v1::Join join;
  join.add_topics("orders");
  join.add_topics("logs.db");
  join.add_topics("orders");
  join.set_topic_pattern("logs\\..*");
  EXPECT_THAT(Names(join).value(), ::testing::UnorderedElementsAre("orders", "logs.db"));
}

TEST_F(FindNamedTopicsTest, APatternAloneNamesNone) {
  v1::Join join;
  join.set_topic_pattern("later.*");
  EXPECT_THAT(Names(join).value(), ::testing::IsEmpty());
}

TEST_F(FindNamedTopicsTest, RefusesTopicsThatAreUnknownOrNone) {
  v1::Join join;
  EXPECT_EQ(Names(join).error().code, ErrorCode::INVALID_ARGUMENT);
  join.add_topics("none");
  join.set_topic_pattern("logs.*");
  EXPECT_EQ(Names(join).error().code, ErrorCode::UNKNOWN_TOPIC);
}

}  // namespace
}  // namespace strata::broker
