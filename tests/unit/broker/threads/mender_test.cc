#include "broker/threads/mender.h"

#include <gtest/gtest.h>

#include "broker/topics/topic_registry.h"
#include "tests/support/gate.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using strata::testing::Gate;

constexpr Mender::Pace kPace{std::chrono::milliseconds(1), std::chrono::milliseconds(4)};

class MenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    registry_ =
        *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, TopicLimits());
    topic_ = *registry_->Create("t", 2, {});
  }

  void Poison(std::int32_t partition) {
    stores_.logs.Poison(topic_->Partition(partition), {ErrorCode::LOG_POISONED, "the disk failed"});
  }
  bool Healthy(std::int32_t partition) {
    return stores_.logs.Status(topic_->Partition(partition))->health.has_value();
  }

  strata::testing::MemoryStores stores_;
  std::unique_ptr<TopicRegistry> registry_;
  TopicPtr topic_;
};

TEST_F(MenderTest, WhatIsPoisonedIsOpenedAgain) {
  Poison(1);
  EXPECT_EQ(registry_->Mend(), 0);
  EXPECT_TRUE(Healthy(1));
}

TEST_F(MenderTest, WhatIsDamagedIsLeftAlone) {
  stores_.logs.Poison(topic_->Partition(0), {ErrorCode::CORRUPT_LOG, "the end is missing"});
  EXPECT_EQ(registry_->Mend(), 0);
  EXPECT_FALSE(Healthy(0));
}

TEST_F(MenderTest, WhatCannotBeOpenedIsTriedUntilItCan) {
  Poison(0);
  Gate healed;
  std::atomic<int> attempts = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    if (++attempts < 5) return Fail(ErrorCode::IO_ERROR, "the disk fails");
    healed.Open();
    return Ok();
  };
  ThreadTimers timers;
  Executor executor("mender", 1);
  const auto mender =
      Mender::Start({executor, timers}, kPace, [this] { return registry_->Mend() == 0; });
  healed.Pass();
  mender->Stop();
  executor.Stop();
  EXPECT_TRUE(Healthy(0));
}

TEST(MenderPace, NoticesWithinHalfAMinuteThatADiskHasHealed) {
  EXPECT_LT(Mender::Pace().longest, std::chrono::seconds(30));
}

}  // namespace
}  // namespace strata::broker
