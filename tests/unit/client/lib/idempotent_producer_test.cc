// What an idempotent producer makes of lost answers, lost places and other instances.
#include <atomic>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/producer.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using testing::AppendFate;
using testing::FakeBroker;
using ::testing::HasSubstr;
using Kind = AppendFate::Kind;

constexpr char kTopic[] = "orders";

class IdempotentProducerTest : public ::testing::Test {
 protected:
  IdempotentProducerTest() { broker_.log().AddTopic(kTopic, 2); }

  // One record makes a batch.
  static ProducerOptions Quick(const std::string& name = "") {
    return {.name = name,
            .batch_bytes = 1,
            .linger = milliseconds(0),
            .retry_backoff = milliseconds(1),
            .retry_backoff_max = milliseconds(5)};
  }

  std::unique_ptr<Producer> Open(const ProducerOptions& options = Quick()) {
    return *Producer::Open(broker_.Connect(), kTopic, options);
  }

  // Sends "0", "1", ... to partition 0, and waits: an offset for each, or why it failed.
  std::vector<std::string> SendAll(Producer& producer, int count) {
    std::vector<std::string> outcomes(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      producer.Send(
          {.value = std::to_string(i)},
          [&outcomes, i](const Result<Placed>& placed) {
            outcomes[static_cast<std::size_t>(i)] =
                placed ? std::to_string(placed->offset)
                       : std::string(ErrorName(placed.error().code));
          },
          0);
    }
    producer.Flush();
    return outcomes;
  }

  std::string SendOne(Producer& producer, const std::string& value, std::int32_t partition = 0) {
    const auto placed = producer.SendWithFuture({.value = value}, partition).get();
    return placed ? std::to_string(placed->offset) : std::string(ErrorName(placed.error().code));
  }

  std::vector<std::string> Stored(std::int32_t partition = 0) {
    std::vector<std::string> values;
    for (const auto& record : broker_.log().Records(kTopic, partition)) {
      values.push_back(*record.value);
    }
    return values;
  }

  static std::vector<std::string> Numbers(int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
    return values;
  }

  FakeBroker broker_;
};

// At each of the first messages in turn the connection breaks, before or after it is stored.
TEST_F(IdempotentProducerTest, StoresEachRecordOnceWhereverTheConnectionBreaks) {
  constexpr int kRecords = 12;
  for (const Kind kind : {Kind::kCutBefore, Kind::kCutAfter}) {
    for (int at = 0; at < kRecords; ++at) {
      SCOPED_TRACE(at);
      broker_.log().AddTopic(kTopic, 0);
      broker_.log().AddTopic(kTopic, 2);
      broker_.DecideAppends([kind, at, count = 0](const auto&) mutable {
        return count++ == at ? AppendFate{kind} : AppendFate{};
      });
      const auto producer = Open();
      EXPECT_EQ(SendAll(*producer, kRecords), Numbers(kRecords));
      EXPECT_EQ(Stored(), Numbers(kRecords));
    }
  }
}

TEST_F(IdempotentProducerTest, StoresEachRecordOnceThroughARefusalAtEachPlace) {
  constexpr int kRecords = 12;
  for (int at = 0; at < kRecords; ++at) {
    SCOPED_TRACE(at);
    broker_.log().AddTopic(kTopic, 0);
    broker_.log().AddTopic(kTopic, 2);
    broker_.DecideAppends([at, count = 0](const auto&) mutable {
      return count++ == at ? AppendFate{Kind::kRefuse, ErrorCode::DISK_FULL} : AppendFate{};
    });
    const auto producer = Open();
    EXPECT_EQ(SendAll(*producer, kRecords), Numbers(kRecords));
    EXPECT_EQ(Stored(), Numbers(kRecords));
  }
}

TEST_F(IdempotentProducerTest, WithoutItARetryMayBeStoredTwice) {
  broker_.DecideAppends([count = 0](const auto&) mutable {
    return count++ == 0 ? AppendFate{Kind::kCutAfter} : AppendFate{};
  });
  ProducerOptions options = Quick();
  options.idempotent = false;
  EXPECT_EQ(SendOne(*Open(options), "a"), "1");
  EXPECT_EQ(Stored(), (std::vector<std::string>{"a", "a"}));
}

TEST_F(IdempotentProducerTest, AsksForItsIdOnceAndOnlyWhenItSends) {
  std::atomic<int> asked = 0;
  broker_.DecideIdentities([&]() -> std::optional<ErrorCode> {
    ++asked;
    return std::nullopt;
  });
  const auto producer = Open();
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(SendAll(*producer, 5), Numbers(5));
  EXPECT_EQ(SendOne(*producer, "x", 1), "0");
  EXPECT_EQ(asked, 1);
}

TEST_F(IdempotentProducerTest, AsksAgainForItsIdWhileTheReasonMayPass) {
  broker_.DecideIdentities([count = 0]() mutable -> std::optional<ErrorCode> {
    if (count++ < 3) return ErrorCode::OVERLOADED;
    return std::nullopt;
  });
  EXPECT_EQ(SendOne(*Open(), "a"), "0");
}

TEST_F(IdempotentProducerTest, WithoutAnIdItsRecordsFailAndLaterOnesAskAgain) {
  broker_.DecideIdentities([count = 0]() mutable -> std::optional<ErrorCode> {
    if (count++ == 0) return ErrorCode::IO_ERROR;
    return std::nullopt;
  });
  const auto producer = Open();
  EXPECT_EQ(SendOne(*producer, "a"), "IO_ERROR");
  EXPECT_EQ(SendOne(*producer, "b"), "0");
}

TEST_F(IdempotentProducerTest, ARecordThatIsRefusedForGoodDoesNotHoldUpThoseBehindIt) {
  broker_.DecideAppends([count = 0](const auto&) mutable {
    return count++ == 2 ? AppendFate{Kind::kRefuse, ErrorCode::TIMESTAMP_OUT_OF_RANGE}
                        : AppendFate{};
  });
  const auto producer = Open();
  EXPECT_EQ(SendAll(*producer, 6),
            (std::vector<std::string>{"0", "1", "TIMESTAMP_OUT_OF_RANGE", "2", "3", "4"}));
  EXPECT_EQ(Stored(), (std::vector<std::string>{"0", "1", "3", "4", "5"}));
}

TEST_F(IdempotentProducerTest, GoesOnWhereTheBrokerHasForgottenItBetweenTwoRecords) {
  const auto producer = Open();
  EXPECT_EQ(SendAll(*producer, 3), Numbers(3));
  broker_.producers().Forget();
  EXPECT_EQ(SendOne(*producer, "3"), "3");
  EXPECT_EQ(SendOne(*producer, "4"), "4");
  EXPECT_EQ(Stored(), Numbers(5));
}

TEST_F(IdempotentProducerTest, SaysSoWhereTheBrokerHasForgottenItAndARecordMayBeStored) {
  const auto producer = Open();
  EXPECT_EQ(SendAll(*producer, 3), Numbers(3));
  std::atomic<int> appends = 0;
  broker_.DecideAppends([&](const auto&) {
    if (appends++ == 0) return AppendFate{Kind::kCutAfter};
    if (appends == 2) broker_.producers().Forget();
    return AppendFate{};
  });
  const auto placed = producer->SendWithFuture({.value = "3"}, 0).get();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, ErrorCode::UNAVAILABLE);
  EXPECT_THAT(placed.error().message, HasSubstr("not known whether the record is stored"));
  EXPECT_EQ(SendOne(*producer, "4"), "4");
  EXPECT_EQ(Stored(), Numbers(5)) << "it was stored, and once";
}

TEST_F(IdempotentProducerTest, GoesOnAfterARecordThatWasNotAnsweredInTime) {
  std::atomic<bool> ignore = true;
  broker_.DecideAppends(
      [&](const auto&) { return ignore ? AppendFate{Kind::kIgnore} : AppendFate{}; });
  ProducerOptions options = Quick();
  options.delivery_timeout = milliseconds(50);
  const auto producer = Open(options);
  EXPECT_EQ(SendOne(*producer, "a"), "TIMEOUT");
  ignore = false;
  EXPECT_EQ(SendOne(*producer, "b"), "0");
  EXPECT_EQ(SendOne(*producer, "c"), "1");
}

TEST_F(IdempotentProducerTest, APartitionThatLostItsPlaceDoesNotConcernTheOthers) {
  broker_.DecideAppends([count = 0](const v1::AppendRequest& request) mutable {
    return request.partition() == 0 && count++ == 0
               ? AppendFate{Kind::kRefuse, ErrorCode::TIMESTAMP_OUT_OF_RANGE}
               : AppendFate{};
  });
  const auto producer = Open();
  EXPECT_EQ(SendOne(*producer, "a", 1), "0");
  EXPECT_EQ(SendOne(*producer, "b", 0), "TIMESTAMP_OUT_OF_RANGE");
  EXPECT_EQ(SendOne(*producer, "c", 1), "1");
  EXPECT_EQ(SendOne(*producer, "d", 0), "0");
}

TEST_F(IdempotentProducerTest, AnotherInstanceOfANameEndsItForGood) {
  const auto old = Open(Quick("shipper"));
  EXPECT_EQ(SendOne(*old, "0"), "0");
  const auto heir = Open(Quick("shipper"));
  EXPECT_EQ(SendOne(*heir, "1"), "1");
  EXPECT_EQ(SendOne(*old, "x"), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(SendOne(*old, "x", 1), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(SendOne(*heir, "2"), "2");
  EXPECT_EQ(Stored(), Numbers(3));
}

TEST_F(IdempotentProducerTest, ANamedOneStoresNothingBehindAHole) {
  broker_.DecideAppends([count = 0](const auto&) mutable {
    return count++ == 2 ? AppendFate{Kind::kRefuse, ErrorCode::TIMESTAMP_OUT_OF_RANGE}
                        : AppendFate{};
  });
  const auto producer = Open(Quick("shipper"));
  const auto outcomes = SendAll(*producer, 6);
  EXPECT_EQ(outcomes[2], "TIMESTAMP_OUT_OF_RANGE");
  for (const std::size_t i : {3U, 4U, 5U}) EXPECT_EQ(outcomes[i], "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(SendOne(*producer, "x"), "OUT_OF_ORDER_SEQUENCE") << "it has ended";
  EXPECT_EQ(Stored(), Numbers(2));
  EXPECT_EQ(SendOne(*Open(Quick("shipper")), "2"), "2") << "a new one goes on";
}

TEST_F(IdempotentProducerTest, ANameNeedsIdempotence) {
  ProducerOptions options = Quick("shipper");
  options.idempotent = false;
  const auto producer = Producer::Open(broker_.Connect(), kTopic, options);
  ASSERT_FALSE(producer);
  EXPECT_EQ(producer.error().code, ErrorCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace strata
