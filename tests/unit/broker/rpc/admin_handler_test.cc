#include "broker/rpc/admin_handler.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "strata/v1/admin.pb.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using ::testing::HasSubstr;

class AdminHandlerTest : public ::testing::Test {
 protected:
  v1::CreateTopicRequest CreateRequest(const std::string& name, std::int32_t partition_count) {
    v1::CreateTopicRequest request;
    request.set_name(name);
    request.set_partition_count(partition_count);
    return request;
  }

  v1::DescribeTopicResponse Describe(const std::string& name) {
    v1::DescribeTopicRequest request;
    request.set_name(name);
    const auto response = handler_.Handle(request);
    EXPECT_TRUE(response) << response.error().message;
    return response.value_or(v1::DescribeTopicResponse());
  }

  void AppendOneRecord(storage::PartitionId partition) {
    RecordBatchBuilder builder;
    RecordView record;
    record.value = "value";
    record.timestamp_ms = 1;
    builder.Add(record);
    const std::string batch = builder.Finish();
    stores_.logs.Append(partition, *ParseBatchHeader(batch), {SharedBytes::FromString(batch)},
                        Durability::kFsync, [](Result<storage::AppendResult>) {});
  }

  strata::testing::MemoryStores stores_;
  std::unique_ptr<TopicRegistry> topics_ =
      *TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
  AdminHandler handler_{*topics_, stores_.logs, {"1.2.3", "cluster"}};
};

TEST_F(AdminHandlerTest, CreateAnswersWithTheTopicAsItIs) {
  auto request = CreateRequest("orders", 2);
  (*request.mutable_config())["durability"] = "os";
  const auto response = handler_.Handle(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->topic().name(), "orders");
  EXPECT_EQ(response->topic().partition_count(), 2);
  EXPECT_EQ(response->topic().config_size(), 1);
  EXPECT_EQ(response->topic().config().at("durability"), "os");
  EXPECT_GT(response->topic().id(), 0u);
  EXPECT_GT(response->topic().created_at_ms(), 0);
  EXPECT_EQ(handler_.Handle(request).error().code, ErrorCode::TOPIC_EXISTS);
}

TEST_F(AdminHandlerTest, ListIsByName) {
  ASSERT_TRUE(handler_.Handle(CreateRequest("b", 1)));
  ASSERT_TRUE(handler_.Handle(CreateRequest("a", 1)));
  const auto response = handler_.Handle(v1::ListTopicsRequest());
  ASSERT_EQ(response->topics_size(), 2);
  EXPECT_EQ(response->topics(0).name(), "a");
  EXPECT_EQ(response->topics(1).name(), "b");
}

TEST_F(AdminHandlerTest, DescribeShowsPartitionsWithTheirEnds) {
  const auto created = handler_.Handle(CreateRequest("x", 2));
  AppendOneRecord({created->topic().id(), 1});
  stores_.logs.HoldFlushes();
  AppendOneRecord({created->topic().id(), 1});

  const auto response = Describe("x");
  ASSERT_EQ(response.partitions_size(), 2);
  EXPECT_EQ(response.partitions(0).partition(), 0);
  EXPECT_EQ(response.partitions(0).log_end_offset(), 0);
  EXPECT_EQ(response.partitions(1).partition(), 1);
  EXPECT_EQ(response.partitions(1).log_start_offset(), 0);
  EXPECT_EQ(response.partitions(1).stable_offset(), 1);
  EXPECT_EQ(response.partitions(1).log_end_offset(), 2);
  EXPECT_GT(response.partitions(1).size_bytes(), 0);
  EXPECT_EQ(response.partitions(1).problem(), "");
}

TEST_F(AdminHandlerTest, DescribeShowsWhyAPartitionRefusesAppends) {
  const auto created = handler_.Handle(CreateRequest("x", 1));
  stores_.logs.Poison({created->topic().id(), 0}, {ErrorCode::LOG_POISONED, "the disk failed"});
  EXPECT_EQ(Describe("x").partitions(0).problem(), "the disk failed");
}

TEST_F(AdminHandlerTest, DescribeShowsEveryKeyByNameWithItsValueAndWhetherItIsSet) {
  auto request = CreateRequest("x", 1);
  (*request.mutable_config())["segment.bytes"] = "65536";
  ASSERT_TRUE(handler_.Handle(request));
  const auto response = Describe("x");
  ASSERT_EQ(static_cast<std::size_t>(response.config_size()), TopicConfigKeys().size());
  std::string previous;
  for (const v1::ConfigEntry& entry : response.config()) {
    EXPECT_LT(previous, entry.key());
    previous = entry.key();
    EXPECT_NE(entry.description(), "");
    EXPECT_EQ(entry.is_set(), entry.key() == "segment.bytes");
    if (entry.key() == "segment.bytes") {
      EXPECT_EQ(entry.value(), "65536");
    } else if (entry.key() == "durability") {
      EXPECT_EQ(entry.value(), "fsync");
    }
  }
}

TEST_F(AdminHandlerTest, AlterChangesWhatItNames) {
  ASSERT_TRUE(handler_.Handle(CreateRequest("x", 1)));
  v1::AlterTopicRequest request;
  request.set_name("x");
  request.set_partition_count(3);
  (*request.mutable_config())["durability"] = "none";
  const auto response = handler_.Handle(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->topic().partition_count(), 3);
  EXPECT_EQ(response->topic().config().at("durability"), "none");

  (*request.mutable_config())["durabilty"] = "none";
  const auto refused = handler_.Handle(request);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the nearest is 'durability'"));
}

TEST_F(AdminHandlerTest, DeleteRemovesTheTopic) {
  ASSERT_TRUE(handler_.Handle(CreateRequest("x", 1)));
  v1::DeleteTopicRequest request;
  request.set_name("x");
  ASSERT_TRUE(handler_.Handle(request));
  EXPECT_EQ(handler_.Handle(request).error().code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(handler_.Handle(v1::ListTopicsRequest())->topics_size(), 0);
}

TEST_F(AdminHandlerTest, DescribeBrokerSaysWhoItIsAndCounts) {
  ASSERT_TRUE(handler_.Handle(CreateRequest("x", 3)));
  const auto response = handler_.Handle(v1::DescribeBrokerRequest());
  EXPECT_EQ(response->version(), "1.2.3");
  EXPECT_EQ(response->cluster_id(), "cluster");
  EXPECT_GE(response->uptime_ms(), 0);
  EXPECT_EQ(response->topic_count(), 1);
  EXPECT_EQ(response->partition_count(), 3);
}

TEST_F(AdminHandlerTest, DescribeBrokerSaysWhatItsProcessUses) {
  constexpr std::int64_t kBytes = 64 << 20;
  const auto before = handler_.Handle(v1::DescribeBrokerRequest());
  const std::vector<char> memory(kBytes, 'm');
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 'm'), kBytes);
  const auto after = handler_.Handle(v1::DescribeBrokerRequest());
  EXPECT_GT(before->resident_bytes(), 0);
  EXPECT_GE(after->resident_bytes(), before->resident_bytes() + kBytes / 2);
  EXPECT_GT(after->cpu_time_us(), before->cpu_time_us());
}

}  // namespace
}  // namespace strata::broker
