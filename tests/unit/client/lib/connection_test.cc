#include "client/lib/connection.h"

#include <gtest/gtest.h>

#include "client/lib/admin.h"

namespace strata {
namespace {

TEST(Connection, TakesHostAndPort) {
  for (const auto* address :
       {"127.0.0.1:7070", "localhost:1", "[::1]:65535", "broker.example:7070"}) {
    EXPECT_TRUE(Connection::Open({.broker = address})) << address;
  }
}

TEST(Connection, RefusesWhatIsNotHostAndPort) {
  for (const auto* address :
       {"", "localhost", ":7070", "localhost:", "localhost:0", "localhost:65536", "localhost:7o70",
        "a:b:7070", "http://localhost:7070", "[]:7070"}) {
    const auto connection = Connection::Open({.broker = address});
    ASSERT_FALSE(connection) << address;
    EXPECT_EQ(connection.error().code, ErrorCode::INVALID_ARGUMENT);
    EXPECT_NE(connection.error().message.find("'" + std::string(address) + "'"), std::string::npos);
  }
}

TEST(Connection, FailsTheFirstCallIfNobodyListensAndNamesTheAddress) {
  const auto connection = *Connection::Open({.broker = "127.0.0.1:1"});
  const auto topics = Admin(connection).ListTopics();
  ASSERT_FALSE(topics);
  EXPECT_EQ(topics.error().code, ErrorCode::UNAVAILABLE);
  EXPECT_NE(topics.error().message.find("127.0.0.1:1"), std::string::npos);
}

TEST(Connection, RefusesNamesThatCannotTravel) {
  const auto connection = *Connection::Open({.broker = "127.0.0.1:1"});
  Admin admin(connection);
  EXPECT_EQ(admin.DescribeTopic("\xff").error().code, ErrorCode::INVALID_TOPIC_NAME);
  EXPECT_EQ(admin.DescribeGroup("\xc0\x80").error().code, ErrorCode::INVALID_GROUP_NAME);
  EXPECT_EQ(admin.CreateTopic("t", 1, {{"k", "\xff"}}).error().code, ErrorCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace strata
