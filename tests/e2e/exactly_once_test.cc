// Records through a connection that breaks again and again, to a broker that is killed: each is
// stored once, and in order.

#include <atomic>
#include <random>
#include <string>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/producer.h"
#include "client/lib/reader.h"
#include "tests/e2e/support/cutting_proxy.h"
#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STRATA_UNDER_SANITIZER 1
#endif
#endif

#ifdef STRATA_UNDER_SANITIZER
constexpr int kRecords = 100'000;
#else
constexpr int kRecords = 1'000'000;
#endif

constexpr int kPartitions = 4;
constexpr int kKills = 4;
constexpr std::size_t kBatchBytes = 4'096;
// Several batches get through, and some hundred connections are broken off.
constexpr std::size_t kMeanBytesUntilCut = kRecords / 8;

class ExactlyOnce : public E2eTest {
 protected:
  ExactlyOnce() {
    strata_.Expect({"topic", "create", "t", "--partitions", std::to_string(kPartitions)});
  }

  std::shared_ptr<Connection> Connect(const std::string& address) {
    auto connection = Connection::Open({.broker = address});
    EXPECT_TRUE(connection.has_value()) << connection.error().message;
    return *connection;
  }

  // All values of a partition, in the order of their offsets.
  std::vector<int> ReadAll(std::int32_t partition) {
    auto reader = Reader::Open(Connect(broker_.address()), "t", partition, Position::Beginning(),
                               {.stop_at_end = true});
    EXPECT_TRUE(reader.has_value()) << reader.error().message;
    std::vector<int> values;
    while (!(*reader)->at_end()) {
      const auto records = (*reader)->Poll(kPatience);
      EXPECT_TRUE(records.has_value()) << records.error().message;
      if (!records) break;
      for (const RecordView& record : *records) {
        EXPECT_EQ(record.offset, static_cast<Offset>(values.size()));
        values.push_back(std::stoi(std::string(*record.value)));
      }
    }
    return values;
  }

  // Record i goes to partition i modulo their number; those before it there have these offsets.
  static Offset OffsetOf(int record) { return record / kPartitions; }

  void ExpectEachOnceAndInOrder() {
    for (int partition = 0; partition < kPartitions; ++partition) {
      const std::vector<int> values = ReadAll(partition);
      ASSERT_EQ(values.size(), static_cast<std::size_t>(kRecords / kPartitions));
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(values[i], static_cast<int>(i) * kPartitions + partition) << "at offset " << i;
      }
    }
  }
};

TEST_F(ExactlyOnce, ThroughAConnectionThatIsCutAtRandomToABrokerThatIsKilled) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  CuttingProxy proxy(broker_.address(), seed, kMeanBytesUntilCut);
  std::atomic<int> right = 0;
  std::atomic<int> wrong = 0;
  Result<std::unique_ptr<Producer>> producer = Fail(ErrorCode::UNAVAILABLE, "not tried");
  ASSERT_TRUE(Eventually([&] {
    producer = Producer::Open(Connect(proxy.address()), "t",
                              {.batch_bytes = kBatchBytes,
                               .buffer_bytes = 1 << 20,
                               .delivery_timeout = std::chrono::minutes(30),
                               .retry_backoff = std::chrono::milliseconds(1),
                               .retry_backoff_max = std::chrono::milliseconds(50)});
    return producer.has_value();
  })) << producer.error().message;
  for (int i = 0; i < kRecords; ++i) {
    if (i % (kRecords / kKills) == kRecords / (2 * kKills)) {
      broker_.Kill();
      broker_.Start();
    }
    const auto told = [&, i](const Result<Placed>& placed) {
      const bool as_expected =
          placed && placed->partition == i % kPartitions && placed->offset == OffsetOf(i);
      ++(as_expected ? right : wrong);
    };
    (*producer)->Send({.value = std::to_string(i)}, told, i % kPartitions);
  }
  (*producer)->Flush();
  EXPECT_EQ(right, kRecords);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(proxy.cuts(), 20);
  RecordProperty("cuts", proxy.cuts());
  ExpectEachOnceAndInOrder();
  EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  broker_.Start();
  ExpectEachOnceAndInOrder();
}

TEST_F(ExactlyOnce, AProducerOfTheSameNameShutsTheOneBeforeItOut) {
  const ProducerOptions options{.name = "shipper"};
  const auto old = *Producer::Open(Connect(broker_.address()), "t", options);
  ASSERT_TRUE(old->SendWithFuture({.value = "0"}, 0).get().has_value());
  const auto heir = *Producer::Open(Connect(broker_.address()), "t", options);
  ASSERT_TRUE(heir->SendWithFuture({.value = "1"}, 0).get().has_value());
  for (const std::int32_t partition : {0, 1}) {
    const auto refused = old->SendWithFuture({.value = "x"}, partition).get();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::STALE_PRODUCER_EPOCH) << refused.error().message;
  }
  EXPECT_TRUE(heir->SendWithFuture({.value = "2"}, 1).get().has_value());
  EXPECT_EQ(ReadAll(0), (std::vector<int>{0, 1}));
  EXPECT_EQ(ReadAll(1), (std::vector<int>{2}));
}

}  // namespace
}  // namespace strata::e2e
