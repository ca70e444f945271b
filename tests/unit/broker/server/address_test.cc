#include "broker/server/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/server/http_listener.h"

namespace strata::broker {
namespace {

using ::testing::StartsWith;

TEST(Address, SplitsHostAndPort) {
  EXPECT_EQ(SplitAddress("127.0.0.1:7070").host, "127.0.0.1");
  EXPECT_EQ(SplitAddress("127.0.0.1:7070").port, 7070);
  EXPECT_EQ(SplitAddress("[::1]:0").host, "::1");
  EXPECT_EQ(WithPort("[::1]:0", 123), "[::1]:123");
  EXPECT_EQ(WithPort("localhost:0", 123), "localhost:123");
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(IsLoopback("127.0.0.1:1"));
  EXPECT_TRUE(IsLoopback("127.1.2.3:1"));
  EXPECT_TRUE(IsLoopback("localhost:1"));
  EXPECT_TRUE(IsLoopback("[::1]:1"));
  EXPECT_FALSE(IsLoopback("0.0.0.0:1"));
  EXPECT_FALSE(IsLoopback("[::]:1"));
  EXPECT_FALSE(IsLoopback("10.0.0.1:1"));
}

TEST(CheckCanListen, AcceptsAFreePort) {
  EXPECT_TRUE(CheckCanListen("127.0.0.1:0"));
}

TEST(CheckCanListen, SaysWhyNot) {
  const auto listener = HttpListener::Start("127.0.0.1:0", {});
  ASSERT_TRUE(listener);
  const auto taken = CheckCanListen((*listener)->address());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::ADDRESS_UNUSABLE);
  EXPECT_EQ(taken.error().message,
            "cannot listen on " + (*listener)->address() + ": Address already in use");

  // 192.0.2.0/24 is for documentation: nobody has it (RFC 5737).
  const auto foreign = CheckCanListen("192.0.2.1:0");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().message,
            "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

}  // namespace
}  // namespace strata::broker
