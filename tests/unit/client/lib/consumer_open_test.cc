// What can be known of a consumer without a broker.

#include <gtest/gtest.h>

#include "client/lib/consumer.h"

namespace strata {
namespace {

using std::chrono::milliseconds;

TEST(IsDeliveredAgain, WhatIsLostOrUnknownButNotWhatIsStillHeldOrGoesToAnotherProgram) {
  for (const ErrorCode code :
       {ErrorCode::STALE_GENERATION, ErrorCode::NOT_ASSIGNED, ErrorCode::NO_PROGRESS,
        ErrorCode::UNAVAILABLE, ErrorCode::SHUTTING_DOWN}) {
    EXPECT_TRUE(IsDeliveredAgain({code, ""})) << ErrorName(code);
  }
  for (const ErrorCode code : {ErrorCode::INSTANCE_REPLACED, ErrorCode::DISK_FULL,
                               ErrorCode::CANCELLED, ErrorCode::TIMEOUT}) {
    EXPECT_FALSE(IsDeliveredAgain({code, ""})) << ErrorName(code);
  }
}

TEST(ConsumerOpen, RefusesWhatCannotWork) {
  const auto connection = *Connection::Open({.broker = "127.0.0.1:1"});
  EXPECT_EQ(Consumer::Open(connection, {.group = "\xff", .topics = {"t"}}).error().code,
            ErrorCode::INVALID_GROUP_NAME);
  EXPECT_EQ(Consumer::Open(connection, {.group = "g", .topics = {"\xff"}}).error().code,
            ErrorCode::INVALID_TOPIC_NAME);
  EXPECT_EQ(Consumer::Open(connection, {.group = "g"}).error().code, ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(
      Consumer::Open(connection, {.group = "g", .topics = {"t"}, .credit_bytes = 0}).error().code,
      ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(Consumer::Open(connection, {.group = "g", .topic_pattern = "\xff"}).error().code,
            ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(Consumer::Open(connection,
                           {.group = "g", .topics = {"t"}, .max_processing = milliseconds(-1)})
                .error()
                .code,
            ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(
      Consumer::Open(connection,
                     {.group = "g", .topics = {"t"}, .auto_commit_every = milliseconds::max()})
          .error()
          .code,
      ErrorCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace strata
