#include "broker/producers/producer_registry.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "broker/producers/producer_record.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

class ProducerRegistryTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    registry_.reset();
    auto opened = ProducerRegistry::Open(stores_.metadata, stores_.logs, limits_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    registry_ = std::move(*opened);
  }

  ProducerIdentity Init(const std::string& name = "") {
    const auto identity = registry_->Init(name);
    EXPECT_TRUE(identity.has_value()) << identity.error().message;
    return identity.value_or(ProducerIdentity{});
  }

  // As if the instance had come so long ago.
  void Write(const ProducerRecord& record) {
    storage::MetadataTransaction transaction;
    transaction.writes = {{ProducerKey(record.name), EncodeProducerRecord(record)}};
    ASSERT_TRUE(stores_.truth.Commit(transaction).has_value());
  }

  strata::testing::MemoryStores stores_;
  ProducerRegistry::Limits limits_;
  std::unique_ptr<ProducerRegistry> registry_;
};

TEST_F(ProducerRegistryTest, IdsAreNeverGivenOutTwice) {
  std::set<std::int64_t> ids;
  for (int start = 0; start < 3; ++start) {
    for (int i = 0; i < 1'500; ++i) {
      const ProducerIdentity identity = Init();
      EXPECT_GT(identity.id, 0);
      EXPECT_EQ(identity.epoch, 0);
      EXPECT_TRUE(ids.insert(identity.id).second);
    }
    EXPECT_TRUE(ids.insert(Init("n" + std::to_string(start)).id).second);
    Start();
  }
}

TEST_F(ProducerRegistryTest, ANameKeepsItsIdAndEachInstanceGetsTheNextEpoch) {
  const ProducerIdentity first = Init("a");
  EXPECT_EQ(first.epoch, 0);
  const ProducerIdentity second = Init("a");
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.epoch, 1);
  EXPECT_NE(Init("b").id, first.id);
  Start();
  const ProducerIdentity third = Init("a");
  EXPECT_EQ(third.id, first.id);
  EXPECT_EQ(third.epoch, 2);
}

TEST_F(ProducerRegistryTest, EarlierInstancesAreShutOutBeforeTheNewOneIsTold) {
  const std::int64_t id = Init("a").id;
  EXPECT_EQ(stores_.logs.Fences().at(id), 0);
  Init("a");
  EXPECT_EQ(stores_.logs.Fences().at(id), 1);
}

TEST_F(ProducerRegistryTest, TheyStayShutOutAfterARestart) {
  const std::int64_t id = Init("a").id;
  Init("a");
  strata::testing::FakeLogStore logs;
  ASSERT_TRUE(ProducerRegistry::Open(stores_.metadata, logs, limits_).has_value());
  EXPECT_EQ(logs.Fences().at(id), 1);
}

TEST_F(ProducerRegistryTest, BehindTheLastEpochANameGoesOnWithANewId) {
  Write({"a", 5'000'000, 32767, std::nullopt, 0});
  Start();
  const ProducerIdentity next = Init("a");
  EXPECT_NE(next.id, 5'000'000);
  EXPECT_EQ(next.epoch, 0);
  EXPECT_EQ(stores_.logs.Fences().at(5'000'000), 32768);
  strata::testing::FakeLogStore logs;
  ASSERT_TRUE(ProducerRegistry::Open(stores_.metadata, logs, limits_).has_value());
  EXPECT_EQ(logs.Fences().at(5'000'000), 32768) << "for good";
  EXPECT_EQ(logs.Fences().at(next.id), 0);
}

TEST_F(ProducerRegistryTest, NamesAreBounded) {
  limits_.max_names = 2;
  Start();
  Init("a");
  Init("b");
  const auto refused = registry_->Init("c");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::OVERLOADED);
  EXPECT_EQ(Init("a").epoch, 1) << "known names go on";
  EXPECT_GT(Init().id, 0) << "and so do those without";
}

TEST_F(ProducerRegistryTest, ANewNameTakesThePlaceOfTheOneThatExpiredLongestAgo) {
  limits_.max_names = 2;
  Write({"old", 100, 3, std::nullopt, 2});
  Write({"oldest", 101, 3, std::nullopt, 1});
  Start();
  Init("new");
  Start();
  EXPECT_EQ(Init("old").epoch, 4);
  EXPECT_EQ(registry_->Init("oldest").error().code, ErrorCode::OVERLOADED);
}

TEST_F(ProducerRegistryTest, NamesThatCannotBeAreRefused) {
  for (const char* const name : {".", "..", "a b", "a/b"}) {
    const auto refused = registry_->Init(name);
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::INVALID_ARGUMENT);
  }
}

TEST_F(ProducerRegistryTest, NobodyIsToldAnEpochThatIsNotDurable) {
  const std::int64_t id = Init("a").id;
  stores_.metadata.fault = [] { return Fail(ErrorCode::IO_ERROR, "injected"); };
  EXPECT_EQ(registry_->Init("a").error().code, ErrorCode::IO_ERROR);
  EXPECT_EQ(stores_.logs.Fences().at(id), 0);
  stores_.Heal();
  EXPECT_EQ(Init("a").epoch, 1);
}

TEST_F(ProducerRegistryTest, AnEpochWhoseAnswerWasLostIsNotGivenOutAgain) {
  Init("a");
  stores_.metadata.after = true;
  stores_.metadata.fault = [] { return Fail(ErrorCode::IO_ERROR, "injected"); };
  EXPECT_FALSE(registry_->Init("a").has_value());
  stores_.Heal();
  Start();
  EXPECT_EQ(Init("a").epoch, 2);
}

TEST_F(ProducerRegistryTest, DamageStopsTheStart) {
  storage::MetadataTransaction transaction;
  transaction.writes = {{ProducerKey("a"), "?"}};
  ASSERT_TRUE(stores_.truth.Commit(transaction).has_value());
  EXPECT_EQ(ProducerRegistry::Open(stores_.metadata, stores_.logs, limits_).error().code,
            ErrorCode::CORRUPT_LOG);
}

}  // namespace
}  // namespace strata::broker
