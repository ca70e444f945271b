#include "bench/compare/drivers/receiving.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bench/compare/manual_clock.h"

namespace strata::compare {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::ThrowsMessage;

// Gives three values at a time while there are some, and lets a second go by then.
class Giving final : public Subscriber {
 public:
  Giving(int records, ManualClock& clock) : left_(records), clock_(clock) {}

  void Poll(const Handler& handle) override {
    if (left_ == 0) clock_.Advance(seconds(1));
    for (int i = 0; i < 3 && left_ > 0; ++i, --left_) handle("12345");
  }

 private:
  int left_;
  ManualClock& clock_;
};

class Receiving : public testing::Test {
 protected:
  Received ReceiveFrom(int there, std::uint64_t wanted) {
    Giving subscriber(there, clock_);
    return Receive(
        subscriber, wanted, [this](std::string_view value) { seen_.emplace_back(value); }, clock_,
        given_up_);
  }

  ManualClock clock_;
  std::atomic<bool> given_up_ = false;
  std::vector<std::string> seen_;
};

TEST_F(Receiving, CountsAndShowsAllThatComes) {
  const Received received = ReceiveFrom(2, 2);
  EXPECT_EQ(received.records, 2U);
  EXPECT_EQ(received.bytes, 10U);
  EXPECT_THAT(seen_, ElementsAre("12345", "12345"));
}

TEST_F(Receiving, WhatComesTogetherIsCountedEvenIfItIsMore) {
  EXPECT_EQ(ReceiveFrom(100, 4).records, 6U);
}

TEST_F(Receiving, WaitsHalfAMinuteForWhatIsMissing) {
  const auto begin = clock_.Now();
  EXPECT_THAT([&] { ReceiveFrom(2, 5); },
              ThrowsMessage<std::runtime_error>("only 2 of 5 records came"));
  EXPECT_EQ(clock_.Now() - begin, seconds(31));
}

TEST_F(Receiving, DoesNotWaitForWhatNobodySends) {
  given_up_ = true;
  const auto begin = clock_.Now();
  EXPECT_THAT([&] { ReceiveFrom(2, 5); },
              ThrowsMessage<std::runtime_error>("only 2 of 5 records came"));
  EXPECT_EQ(clock_.Now() - begin, seconds(1));
}

}  // namespace
}  // namespace strata::compare
