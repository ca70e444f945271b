#include "broker/append/appender.h"

#include <future>

#include <gtest/gtest.h>

#include "proto/batch/partitioner.h"
#include "strata/v1/data.pb.h"
#include "tests/support/encoded_batch.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using testing::NumberedBatch;

class AppenderTest : public ::testing::Test {
 protected:
  AppenderTest() {
    registry_ =
        TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, TopicLimits{}).value();
    appender_ = std::make_unique<Appender>(*registry_, stores_.logs, metrics_);
  }

  TopicPtr Create(const std::string& name, std::int32_t partitions,
                  const TopicConfigText& config = {}) {
    return registry_->Create(name, partitions, config).value();
  }

  Result<v1::AppendResponse> Append(const v1::AppendRequest& request, std::string batch = "") {
    std::promise<Result<v1::AppendResponse>> response;
    Fragments fragments;
    if (!batch.empty()) fragments.push_back(SharedBytes::FromString(std::move(batch)));
    appender_->Append(request, std::move(fragments),
                      [&](Result<v1::AppendResponse> r) { response.set_value(std::move(r)); });
    return response.get_future().get();
  }

  static v1::AppendRequest Request(const std::string& topic) {
    v1::AppendRequest request;
    request.set_topic(topic);
    return request;
  }

  static v1::AppendRequest Keyed(const std::string& topic, const std::vector<std::string>& keys) {
    v1::AppendRequest request = Request(topic);
    for (const std::string& key : keys) {
      v1::Record* record = request.add_records();
      record->set_key(key);
      record->set_value("value of " + key);
    }
    return request;
  }

  ErrorCode ErrorOf(const v1::AppendRequest& request, std::string batch = "") {
    const auto response = Append(request, std::move(batch));
    return response ? ErrorCode::INTERNAL : response.error().code;
  }

  testing::MemoryStores stores_;
  Metrics metrics_;
  std::unique_ptr<TopicRegistry> registry_;
  std::unique_ptr<Appender> appender_;
};

TEST_F(AppenderTest, KeyedRecordsGoWhereKafkasClientsPutThem) {
  Create("t", 8);
  const std::vector<std::string> keys = {"a", "b", "c", "a", "d"};
  const auto response = Append(Keyed("t", keys));
  ASSERT_TRUE(response) << response.error().message;
  ASSERT_EQ(response->places_size(), 5);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(response->places(static_cast<int>(i)).partition(), PartitionForKey(keys[i], 8));
  }
  EXPECT_GT(response->places(3).offset(), response->places(0).offset()) << "both are 'a'";
  EXPECT_EQ(response->record_count(), 5);
  EXPECT_EQ(response->base_offset(), kNoOffset) << "several partitions were written";
}

TEST_F(AppenderTest, ACompactedTopicRefusesRecordsWithoutAKey) {
  Create("t", 1, {{"cleanup.policy", "compact"}});
  v1::AppendRequest request = Keyed("t", {"a", "b"});
  EXPECT_TRUE(Append(request));
  request.add_records()->set_value("no key");
  EXPECT_EQ(ErrorOf(request), ErrorCode::KEY_REQUIRED);
  EXPECT_EQ(ErrorOf(Request("t"), NumberedBatch("v", 3)), ErrorCode::KEY_REQUIRED);
  ASSERT_TRUE(registry_->Alter("t", {{"cleanup.policy", "delete"}}, 0));
  EXPECT_TRUE(Append(Request("t"), NumberedBatch("v", 3)));
}

TEST_F(AppenderTest, RecordsOfOneRequestForOnePartitionStandTogether) {
  Create("t", 1);
  ASSERT_TRUE(Append(Keyed("t", {"x"})));
  const auto response = Append(Keyed("t", {"a", "b", "c"}));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->base_offset(), 1);
  EXPECT_EQ(response->partition(), 0);
  EXPECT_EQ(response->durability(), v1::DURABILITY_FSYNC);
}

TEST_F(AppenderTest, RecordsWithoutAKeySpreadOverThePartitionsRequestByRequest) {
  Create("t", 4);
  std::set<std::int32_t> partitions;
  for (int i = 0; i < 4; ++i) {
    v1::AppendRequest request = Request("t");
    request.add_records()->set_value("v");
    partitions.insert(Append(request)->partition());
  }
  EXPECT_EQ(partitions.size(), 4u);
}

TEST_F(AppenderTest, ABatchIsStoredAsItCame) {
  const TopicPtr topic = Create("t", 2);
  v1::AppendRequest request = Request("t");
  request.set_partition(1);
  request.set_correlation_id(42);
  const std::string batch = NumberedBatch("v", 3);
  const auto response = Append(request, batch);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->correlation_id(), 42u);
  EXPECT_EQ(response->base_offset(), 0);
  EXPECT_EQ(response->record_count(), 3);
  const auto read = stores_.logs.Read(topic->Partition(1), 0, {});
  std::string stored;
  for (const SharedBytes& fragment : read->fragments) stored.append(fragment.view());
  EXPECT_EQ(stored.substr(kPlacementBytes), batch.substr(kPlacementBytes));
}

TEST_F(AppenderTest, ABatchMustNameItsPartitionUnlessThereIsOnlyOne) {
  Create("one", 1);
  Create("two", 2);
  EXPECT_TRUE(Append(Request("one"), NumberedBatch("v", 1)));
  EXPECT_EQ(ErrorOf(Request("two"), NumberedBatch("v", 1)), ErrorCode::INVALID_ARGUMENT);
}

TEST_F(AppenderTest, RefusesUnknownTopicsAndPartitions) {
  Create("t", 2);
  EXPECT_EQ(ErrorOf(Keyed("other", {"a"})), ErrorCode::UNKNOWN_TOPIC);
  for (std::int32_t partition : {-1, 2, 1'000'000}) {
    v1::AppendRequest request = Keyed("t", {"a"});
    request.set_partition(partition);
    EXPECT_EQ(ErrorOf(request), ErrorCode::UNKNOWN_PARTITION) << partition;
  }
}

TEST_F(AppenderTest, RefusesNothingAndBoth) {
  Create("t", 1);
  EXPECT_EQ(ErrorOf(Request("t")), ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(ErrorOf(Keyed("t", {"a"}), NumberedBatch("v", 1)), ErrorCode::INVALID_ARGUMENT);
}

TEST_F(AppenderTest, RefusesADamagedBatchAndKeepsTheLogAsItWas) {
  const TopicPtr topic = Create("t", 1);
  std::string batch = NumberedBatch("v", 3);
  batch.back() ^= 1;
  EXPECT_EQ(ErrorOf(Request("t"), batch), ErrorCode::CORRUPT_BATCH);
  EXPECT_EQ(stores_.logs.Ends(topic->Partition(0))->log_end, 0);
}

TEST_F(AppenderTest, RefusesWhatIsLargerThanTheTopicAllows) {
  Create("t", 1, {{"max.batch.bytes", "1024"}});
  v1::AppendRequest request = Request("t");
  request.add_records()->set_value(std::string(2000, 'x'));
  EXPECT_EQ(ErrorOf(request), ErrorCode::RECORD_TOO_LARGE);
  EXPECT_EQ(ErrorOf(Request("t"), testing::EncodedBatch({std::string(2000, 'x')})),
            ErrorCode::RECORD_TOO_LARGE);
}

TEST_F(AppenderTest, RefusesTimestampsFarAheadAndNegativeOnes) {
  Create("t", 1);
  const TimestampMs tomorrow = WallClockMs() + 24 * 60 * 60 * 1000;
  v1::AppendRequest request = Keyed("t", {"a"});
  request.mutable_records(0)->set_timestamp_ms(tomorrow);
  EXPECT_EQ(ErrorOf(request), ErrorCode::TIMESTAMP_OUT_OF_RANGE);
  EXPECT_EQ(ErrorOf(Request("t"), NumberedBatch("v", 1, tomorrow)),
            ErrorCode::TIMESTAMP_OUT_OF_RANGE);
  request.mutable_records(0)->set_timestamp_ms(-5);
  EXPECT_EQ(ErrorOf(request), ErrorCode::INVALID_ARGUMENT);
}

TEST_F(AppenderTest, RefusesADurabilityThatDoesNotExist) {
  Create("t", 1);
  v1::AppendRequest request = Keyed("t", {"a"});
  request.set_durability(static_cast<v1::Durability>(99));
  EXPECT_EQ(ErrorOf(request), ErrorCode::INVALID_ARGUMENT);
}

TEST_F(AppenderTest, AFailureOfOnePartitionFailsTheWholeRequest) {
  const TopicPtr topic = Create("t", 8);
  stores_.logs.Poison(topic->Partition(PartitionForKey("b", 8)),
                      {ErrorCode::LOG_POISONED, "the disk failed"});
  EXPECT_EQ(ErrorOf(Keyed("t", {"a", "b"})), ErrorCode::LOG_POISONED);
}

}  // namespace
}  // namespace strata::broker
