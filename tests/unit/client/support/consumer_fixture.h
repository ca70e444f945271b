// A consumer of group "billing" on topic "orders", and the session that the test answers by hand.
#pragma once

#include <future>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "client/lib/consumer.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata::testing {

class ConsumerFixture : public ::testing::Test {
 protected:
  using Kind = ConsumeSession::Kind;
  static constexpr char kTopic[] = "orders";

  // Of a consumer for which the test says nothing else.
  virtual ConsumerOptions Options() { return {}; }

  void Open() { Open(Options()); }
  void Open(ConsumerOptions options) {
    options.group = "billing";
    options.topics = {kTopic};
    consumer_ = *Consumer::Open(broker_.Connect(), std::move(options));
    session_ = broker_.NextSession();
  }

  // Runs `call`, which waits for an answer, while this thread plays the broker.
  template <class Call, class Play>
  static auto While(Call call, Play play) {
    auto result = std::async(std::launch::async, call);
    play();
    return result.get();
  }

  FakeBroker broker_;
  std::unique_ptr<Consumer> consumer_;
  std::shared_ptr<ConsumeSession> session_;
};

}  // namespace strata::testing
