#include "client/lib/producer.h"

#include <atomic>
#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/batch/partitioner.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using testing::AppendFate;
using testing::FakeBroker;
using Kind = AppendFate::Kind;

constexpr char kTopic[] = "orders";

ProducerOptions Quick() {
  return {.batch_bytes = 1'000,
          .linger = milliseconds(1),
          .delivery_timeout = milliseconds(60'000),
          .retry_backoff = milliseconds(1),
          .retry_backoff_max = milliseconds(5)};
}

class ProducerTest : public ::testing::Test {
 protected:
  explicit ProducerTest(std::int32_t partitions = 1) { broker_.log().AddTopic(kTopic, partitions); }

  std::unique_ptr<Producer> Open(const ProducerOptions& options = Quick()) {
    return *Producer::Open(broker_.Connect(), kTopic, options);
  }

  std::string ValueAt(std::int32_t partition, Offset offset) {
    return *broker_.log().Records(kTopic, partition).at(static_cast<std::size_t>(offset)).value;
  }

  FakeBroker broker_;
};

class PartitionedProducerTest : public ProducerTest {
 protected:
  PartitionedProducerTest() : ProducerTest(3) {}
};

// Collects what the callbacks say, in the order in which they are called.
struct Outcomes {
  std::vector<std::pair<int, Result<Placed>>> list;  // by the producer's thread, until Flush

  Producer::Callback For(int record) {
    return [this, record](const Result<Placed>& placed) { list.emplace_back(record, placed); };
  }
};

TEST_F(ProducerTest, StoresRecordsInOrderAndTellsTheirOffsetsInOrder) {
  constexpr int kRecords = 10'000;
  const auto producer = Open();
  Outcomes outcomes;
  for (int i = 0; i < kRecords; ++i) {
    producer->Send({.value = std::to_string(i)}, outcomes.For(i));
  }
  producer->Flush();
  ASSERT_EQ(outcomes.list.size(), static_cast<std::size_t>(kRecords));
  const auto records = broker_.log().Records(kTopic, 0);
  ASSERT_EQ(records.size(), static_cast<std::size_t>(kRecords));
  for (int i = 0; i < kRecords; ++i) {
    const auto& [record, placed] = outcomes.list[static_cast<std::size_t>(i)];
    ASSERT_EQ(record, i);
    ASSERT_EQ(placed->offset, i);
    ASSERT_EQ(*records[static_cast<std::size_t>(i)].value, std::to_string(i));
  }
}

TEST_F(ProducerTest, KeepsKeyValueAndTimestampAndStampsRecordsWithout) {
  const auto producer = Open();
  const TimestampMs before = WallClockMs();
  producer->Send({.key = "k", .value = std::nullopt, .timestamp_ms = 12'345}, nullptr);
  producer->Send({.value = std::string_view("a\0b", 3)}, nullptr);
  producer->Flush();
  const auto records = broker_.log().Records(kTopic, 0);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].key, "k");
  EXPECT_EQ(records[0].value, std::nullopt);
  EXPECT_EQ(records[0].timestamp_ms, 12'345);
  EXPECT_EQ(records[1].key, std::nullopt);
  EXPECT_EQ(records[1].value, std::string("a\0b", 3));
  EXPECT_GE(records[1].timestamp_ms, before);
  EXPECT_LE(records[1].timestamp_ms, WallClockMs());
}

TEST_F(ProducerTest, AFutureTellsThePlace) {
  const auto producer = Open();
  EXPECT_EQ(producer->SendWithFuture({.value = "x"}).get()->offset, 0);
}

TEST_F(ProducerTest, ARecordLingersOnlyForItsTime) {
  ProducerOptions options = Quick();
  options.batch_bytes = 1 << 20;
  const auto producer = Open(options);
  // No Flush: the record goes out by itself.
  EXPECT_TRUE(producer->SendWithFuture({.value = "x"}).get());
}

TEST_F(ProducerTest, EveryCodecArrives) {
  for (const auto compression : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                 Compression::kLz4, Compression::kZstd}) {
    ProducerOptions options = Quick();
    options.compression = compression;
    const auto placed = Open(options)->SendWithFuture({.value = std::string(500, 'x')}).get();
    ASSERT_TRUE(placed);
    EXPECT_EQ(ValueAt(0, placed->offset), std::string(500, 'x'));
  }
}

TEST_F(PartitionedProducerTest, KeysDecideThePartition) {
  const auto producer = Open();
  for (int i = 0; i < 50; ++i) {
    const std::string key = "key-" + std::to_string(i);
    const auto placed = producer->SendWithFuture({.key = key, .value = "v"}).get();
    EXPECT_EQ(placed->partition, PartitionForKey(key, 3));
  }
}

TEST_F(PartitionedProducerTest, RecordsWithoutKeyGoBatchByBatchInTurn) {
  const auto producer = Open();
  std::vector<std::int32_t> partitions;
  for (int i = 0; i < 6; ++i) {
    producer->Send({.value = "a"}, nullptr);
    auto placed = producer->SendWithFuture({.value = "b"});
    producer->Flush();
    partitions.push_back(placed.get()->partition);
  }
  for (std::size_t i = 1; i < partitions.size(); ++i) {
    EXPECT_EQ(partitions[i], (partitions[i - 1] + 1) % 3);
  }
  EXPECT_EQ(broker_.log().End(kTopic, 0), 4);
}

TEST_F(PartitionedProducerTest, APartitionThatIsNamedIsTaken) {
  const auto producer = Open();
  EXPECT_EQ(producer->SendWithFuture({.key = "k", .value = "v"}, 2).get()->partition, 2);
}

TEST_F(PartitionedProducerTest, AnUnknownPartitionIsAnErrorOfItsRecordOnly) {
  const auto producer = Open();
  EXPECT_EQ(producer->SendWithFuture({.value = "v"}, 3).get().error().code,
            ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(producer->SendWithFuture({.value = "v"}, -1).get().error().code,
            ErrorCode::UNKNOWN_PARTITION);
  EXPECT_TRUE(producer->SendWithFuture({.value = "v"}, 0).get());
}

TEST_F(ProducerTest, ARecordThatIsTooLargeFailsInItsTurn) {
  const auto producer = Open();
  Outcomes outcomes;
  producer->Send({.value = "before"}, outcomes.For(0));
  producer->Send({.value = std::string(2'000'000, 'x')}, outcomes.For(1));
  producer->Send({.value = "after"}, outcomes.For(2));
  producer->Flush();
  ASSERT_EQ(outcomes.list.size(), 3U);
  EXPECT_EQ(outcomes.list[0].first, 0);
  EXPECT_EQ(outcomes.list[0].second->offset, 0);
  EXPECT_EQ(outcomes.list[1].second.error().code, ErrorCode::RECORD_TOO_LARGE);
  EXPECT_EQ(outcomes.list[2].second->offset, 1);
}

TEST_F(ProducerTest, ARecordBiggerThanABatchGoesAlone) {
  const auto producer = Open();
  producer->Send({.value = "small"}, nullptr);
  EXPECT_EQ(producer->SendWithFuture({.value = std::string(1'500'000, 'x')}).get()->offset, 1);
}

TEST_F(ProducerTest, RefusesTimestampsBefore1970) {
  EXPECT_EQ(Open()->SendWithFuture({.value = "v", .timestamp_ms = -2}).get().error().code,
            ErrorCode::TIMESTAMP_OUT_OF_RANGE);
}

TEST_F(ProducerTest, AnUnknownTopicFailsToOpen) {
  const auto producer = Producer::Open(broker_.Connect(), "nowhere", {});
  ASSERT_FALSE(producer);
  EXPECT_EQ(producer.error().code, ErrorCode::UNKNOWN_TOPIC);
}

TEST_F(ProducerTest, AFinalErrorOfTheBrokerFailsItsBatchOnly) {
  broker_.DecideAppends([count = 0](const auto&) mutable {
    return count++ == 0 ? AppendFate{Kind::kRefuse, ErrorCode::TIMESTAMP_OUT_OF_RANGE}
                        : AppendFate{};
  });
  const auto producer = Open();
  EXPECT_EQ(producer->SendWithFuture({.value = "a"}).get().error().code,
            ErrorCode::TIMESTAMP_OUT_OF_RANGE);
  EXPECT_EQ(producer->SendWithFuture({.value = "b"}).get()->offset, 0);
}

TEST_F(ProducerTest, GivesUpAfterTheDeliveryTimeoutAndNamesTheLastFailure) {
  std::atomic<bool> refuse = false;
  broker_.DecideAppends([&](const auto&) {
    return refuse ? AppendFate{Kind::kRefuse, ErrorCode::DISK_FULL} : AppendFate{};
  });
  // It is resting when its time is over: an attempt without an answer would leave it in doubt.
  ProducerOptions options = Quick();
  options.delivery_timeout = milliseconds(2'000);
  options.retry_backoff = options.retry_backoff_max = milliseconds(60'000);
  const auto producer = Open(options);
  ASSERT_TRUE(producer->SendWithFuture({.value = "connected"}).get());
  refuse = true;
  const auto placed = producer->SendWithFuture({.value = "a"}).get();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, ErrorCode::DISK_FULL);
  EXPECT_NE(placed.error().message.find("refused by the test"), std::string::npos);
}

TEST_F(ProducerTest, GivesUpOnAnswersThatNeverCome) {
  broker_.DecideAppends([](const auto&) { return AppendFate{Kind::kIgnore}; });
  ProducerOptions options = Quick();
  options.delivery_timeout = milliseconds(50);
  EXPECT_EQ(Open(options)->SendWithFuture({.value = "a"}).get().error().code, ErrorCode::TIMEOUT);
}

TEST_F(ProducerTest, OutlivesARestartOfTheBroker) {
  const auto producer = Open();
  ASSERT_TRUE(producer->SendWithFuture({.value = "before"}).get());
  broker_.Stop();
  auto placed = producer->SendWithFuture({.value = "meanwhile"});
  broker_.Start();
  EXPECT_EQ(placed.get()->offset, 1);
}

TEST_F(ProducerTest, ItsEndWaitsForWhatWasSent) {
  std::atomic<int> acknowledged = 0;
  auto producer = Open();
  for (int i = 0; i < 1'000; ++i) {
    producer->Send({.value = "v"}, [&](const auto& placed) { acknowledged += placed ? 1 : 0; });
  }
  producer.reset();
  EXPECT_EQ(acknowledged, 1'000);
}

TEST_F(ProducerTest, ACallbackMaySendEvenIntoAFullBuffer) {
  ProducerOptions options = Quick();
  options.buffer_bytes = 1;
  const auto producer = Open(options);
  std::promise<Result<Placed>> second;
  producer->Send({.value = "first"}, [&](const auto&) {
    producer->Send({.value = "fill"}, nullptr);
    producer->Send({.value = "second"}, [&](const auto& placed) { second.set_value(placed); });
  });
  EXPECT_EQ(second.get_future().get()->offset, 2);
}

TEST_F(ProducerTest, SendWaitsWhileTheBufferIsFull) {
  constexpr int kRecords = 2'000;
  constexpr std::size_t kBuffer = 10'000;
  constexpr std::size_t kValue = 100;
  ProducerOptions options = Quick();
  options.buffer_bytes = kBuffer;
  const auto producer = Open(options);
  std::atomic<int> acknowledged = 0;
  int most_outstanding = 0;
  const std::string value(kValue, 'v');
  for (int i = 0; i < kRecords; ++i) {
    producer->Send({.value = value}, [&](const auto&) { ++acknowledged; });
    most_outstanding = std::max(most_outstanding, i + 1 - acknowledged);
  }
  producer->Flush();
  EXPECT_EQ(acknowledged, kRecords);
  // The batch that is reported has left the buffer only when all its callbacks were called.
  EXPECT_LE(static_cast<std::size_t>(most_outstanding), kBuffer / kValue);
}

TEST_F(PartitionedProducerTest, OnePartitionThatIsRefusedDoesNotHoldUpTheOthers) {
  std::atomic<bool> refuse = true;
  broker_.DecideAppends([&](const v1::AppendRequest& request) {
    return request.partition() == 0 && refuse ? AppendFate{Kind::kRefuse, ErrorCode::OVERLOADED}
                                              : AppendFate{};
  });
  const auto producer = Open();
  auto held_up = producer->SendWithFuture({.value = "a"}, 0);
  EXPECT_TRUE(producer->SendWithFuture({.value = "b"}, 1).get());
  refuse = false;
  EXPECT_TRUE(held_up.get());
}

// Whatever goes wrong on the way: every record is acknowledged once, at a place that holds it, and
// the places ascend in the order of sending. An idempotent producer's is stored once, too.
class RandomFailuresTest : public PartitionedProducerTest,
                           public ::testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Idempotence, RandomFailuresTest, ::testing::Bool());

TEST_P(RandomFailuresTest, KeepOrder) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  broker_.DecideAppends([random = std::mt19937_64(seed)](const auto&) mutable {
    switch (std::uniform_int_distribution<int>(0, 19)(random)) {
      case 0:
        return AppendFate{Kind::kCutBefore};
      case 1:
        return AppendFate{Kind::kCutAfter};
      case 2:
        return AppendFate{Kind::kRefuse, ErrorCode::OVERLOADED};
      case 3:
        return AppendFate{Kind::kRefuse, ErrorCode::SHUTTING_DOWN};
      default:
        return AppendFate{};
    }
  });
  constexpr int kRecords = 20'000;
  ProducerOptions options = Quick();
  options.idempotent = GetParam();
  const auto producer = Open(options);
  Outcomes outcomes;
  for (int i = 0; i < kRecords; ++i) {
    producer->Send({.value = std::to_string(i)}, outcomes.For(i), i % 3);
  }
  producer->Flush();

  ASSERT_EQ(outcomes.list.size(), static_cast<std::size_t>(kRecords));
  std::vector<std::vector<Record>> stored;
  for (int i = 0; i < 3; ++i) stored.push_back(broker_.log().Records(kTopic, i));
  std::vector<Offset> last_offset(3, kNoOffset);
  std::vector<int> last_record(3, -1);
  for (const auto& [record, placed] : outcomes.list) {
    ASSERT_TRUE(placed) << placed.error().message;
    const auto partition = static_cast<std::size_t>(placed->partition);
    ASSERT_EQ(record % 3, placed->partition);
    ASSERT_GT(record, last_record[partition]);
    ASSERT_GT(placed->offset, last_offset[partition]);
    ASSERT_EQ(stored[partition].at(static_cast<std::size_t>(placed->offset)).value,
              std::to_string(record));
    last_record[partition] = record;
    last_offset[partition] = placed->offset;
  }
  const std::size_t all = stored[0].size() + stored[1].size() + stored[2].size();
  if (options.idempotent) {
    EXPECT_EQ(all, static_cast<std::size_t>(kRecords)) << "something is stored twice";
  }
}

}  // namespace
}  // namespace strata
