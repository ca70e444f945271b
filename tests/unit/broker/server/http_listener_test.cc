#include "broker/server/http_listener.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/http_get.h"

namespace strata::broker {
namespace {

using strata::testing::HttpRequest;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::StartsWith;

class HttpListenerTest : public ::testing::Test {
 protected:
  std::atomic<bool> well_ = true;
  std::unique_ptr<HttpListener> listener_ =
      *HttpListener::Start("127.0.0.1:0", {[] { return std::string("strata_topics 3\n"); },
                                           [this]() -> Result<void> {
                                             if (well_) return Ok();
                                             return Fail(ErrorCode::DISK_FULL, "the disk is full");
                                           }});
};

TEST_F(HttpListenerTest, ServesMetrics) {
  const std::string answer = HttpRequest(listener_->address(), "GET", "/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nstrata_topics 3\n"));
}

TEST_F(HttpListenerTest, HealthFollowsTheBrokersAndSaysWhatIsWrong) {
  EXPECT_THAT(HttpRequest(listener_->address(), "GET", "/healthz"), StartsWith("HTTP/1.1 200 "));
  well_ = false;
  EXPECT_THAT(HttpRequest(listener_->address(), "GET", "/healthz"),
              AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("\r\n\r\nthe disk is full\n")));
}

TEST_F(HttpListenerTest, NothingElseIsThere) {
  EXPECT_THAT(HttpRequest(listener_->address(), "GET", "/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(HttpRequest(listener_->address(), "GET", "/../../etc/passwd"),
              StartsWith("HTTP/1.1 4"));
  EXPECT_THAT(HttpRequest(listener_->address(), "POST", "/metrics"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(HttpListenerTest, ATakenPortIsAnError) {
  const auto second = HttpListener::Start(listener_->address(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::ADDRESS_UNUSABLE);
}

}  // namespace
}  // namespace strata::broker
