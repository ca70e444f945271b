#include "broker/topics/topic_registry.h"

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/topics/topic_record.h"
#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using storage::PartitionId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<TopicRegistry> OpenRegistry(strata::testing::MemoryStores& stores,
                                            TopicLimits limits = {}) {
  auto registry = TopicRegistry::Open(stores.metadata, stores.logs, stores.cursors, limits);
  if (!registry) {
    ADD_FAILURE() << registry.error().message;
    return nullptr;
  }
  return std::move(*registry);
}

template <class T>
ErrorCode CodeOf(const Result<T>& result) {
  EXPECT_FALSE(result) << "it succeeded";
  return result ? ErrorCode::INTERNAL : result.error().code;
}

class TopicRegistryTest : public ::testing::Test {
 protected:
  void Restart() {
    registry_.reset();
    registry_ = OpenRegistry(stores_);
  }

  strata::testing::MemoryStores stores_;
  std::unique_ptr<TopicRegistry> registry_ = OpenRegistry(stores_);
};

TEST_F(TopicRegistryTest, ACreatedTopicIsFoundListedAndItsLogsAreOpen) {
  const auto created = registry_->Create("orders", 2, {{"segment.bytes", "65536"}});
  ASSERT_TRUE(created) << created.error().message;
  const TopicPtr topic = *created;
  EXPECT_EQ(topic->name, "orders");
  EXPECT_EQ(topic->partition_count, 2);
  EXPECT_EQ(topic->config.segment_bytes, 65536);
  EXPECT_GT(topic->id, 0u);
  EXPECT_GT(topic->created_at_ms, 0);

  EXPECT_EQ(*registry_->Find("orders"), topic);
  EXPECT_EQ(registry_->FindById(topic->id), topic);
  EXPECT_THAT(registry_->List(), ElementsAre(topic));
  EXPECT_EQ(registry_->topic_count(), 1);
  EXPECT_EQ(registry_->partition_count(), 2);
  EXPECT_THAT(stores_.logs.OpenPartitions(),
              ElementsAre(PartitionId{topic->id, 0}, PartitionId{topic->id, 1}));
  EXPECT_EQ(stores_.logs.Options({topic->id, 1})->segment_bytes, 65536);
}

TEST_F(TopicRegistryTest, TopicsAreListedByName) {
  for (const char* name : {"b", "c", "a"}) ASSERT_TRUE(registry_->Create(name, 1, {}));
  std::vector<std::string> names;
  for (const TopicPtr& topic : registry_->List()) names.push_back(topic->name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST_F(TopicRegistryTest, TopicsAreThereAfterARestart) {
  const TopicPtr before = *registry_->Create("orders", 3, {{"durability", "os"}});
  Restart();
  const auto found = registry_->Find("orders");
  ASSERT_TRUE(found);
  const TopicPtr after = *found;
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->partition_count, 3);
  EXPECT_EQ(after->config, before->config);
  EXPECT_EQ(after->config_text, before->config_text);
  EXPECT_EQ(after->created_at_ms, before->created_at_ms);
  EXPECT_EQ(registry_->partition_count(), 3);
}

TEST_F(TopicRegistryTest, PartitionCountsAreBounded) {
  EXPECT_EQ((*registry_->Create("default", 0, {}))->partition_count, 1);
  EXPECT_EQ(CodeOf(registry_->Create("x", -1, {})), ErrorCode::INVALID_PARTITION_COUNT);
  const auto million = registry_->Create("x", 1'000'000, {});
  EXPECT_EQ(CodeOf(million), ErrorCode::INVALID_PARTITION_COUNT);
  EXPECT_EQ(million.error().message,
            "topic 'x' cannot have 1000000 partitions: use 1 to 10000 (max.partitions.per.topic)");
  EXPECT_EQ(CodeOf(registry_->Alter("default", {}, 1'000'000)), ErrorCode::INVALID_PARTITION_COUNT);
  EXPECT_EQ(CodeOf(registry_->Alter("default", {}, -1)), ErrorCode::INVALID_PARTITION_COUNT);
  EXPECT_EQ(registry_->topic_count(), 1);
}

TEST_F(TopicRegistryTest, AllTopicsTogetherAreBounded) {
  registry_ = OpenRegistry(stores_, {1, 10, 12, 1 << 20});
  ASSERT_TRUE(registry_->Create("a", 8, {{"max.batch.bytes", "2048"}}));
  const auto too_many = registry_->Create("b", 5, {{"max.batch.bytes", "2048"}});
  EXPECT_EQ(CodeOf(too_many), ErrorCode::INVALID_PARTITION_COUNT);
  EXPECT_THAT(too_many.error().message, HasSubstr("holds 8 of 12 partitions"));
  EXPECT_TRUE(registry_->Create("b", 2, {{"max.batch.bytes", "2048"}}));
  EXPECT_TRUE(registry_->Alter("a", {}, 10));
  EXPECT_EQ(CodeOf(registry_->Alter("b", {}, 3)), ErrorCode::INVALID_PARTITION_COUNT);
}

TEST_F(TopicRegistryTest, BatchesMustFitIntoRequests) {
  registry_ = OpenRegistry(stores_, {1, 10, 10, 20 << 20});
  const auto refused = registry_->Create("x", 1, {{"max.batch.bytes", "33554432"}});
  EXPECT_EQ(CodeOf(refused), ErrorCode::INVALID_CONFIG);
  EXPECT_THAT(refused.error().message, HasSubstr("max.append.message.bytes"));
}

TEST_F(TopicRegistryTest, BadNamesAndConfigurationsAreRefusedAndLeaveNothing) {
  EXPECT_EQ(CodeOf(registry_->Create("../x", 1, {})), ErrorCode::INVALID_TOPIC_NAME);
  EXPECT_EQ(CodeOf(registry_->Create("", 1, {})), ErrorCode::INVALID_TOPIC_NAME);
  EXPECT_EQ(CodeOf(registry_->Create("x", 1, {{"nonsense", "1"}})), ErrorCode::INVALID_CONFIG);
  EXPECT_EQ(CodeOf(registry_->Create("x", 1, {{"durability", ""}})), ErrorCode::INVALID_CONFIG);
  EXPECT_THAT(registry_->List(), IsEmpty());
  EXPECT_THAT(*stores_.truth.Range(""), IsEmpty());
}

TEST_F(TopicRegistryTest, UnknownTopicsAreNamed) {
  const auto unknown = registry_->Find("nowhere");
  EXPECT_EQ(CodeOf(unknown), ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(unknown.error().message, "topic 'nowhere' does not exist");
  EXPECT_EQ(CodeOf(registry_->Find("../x")), ErrorCode::INVALID_TOPIC_NAME);
  EXPECT_EQ(registry_->FindById(1), nullptr);
  EXPECT_EQ(CodeOf(registry_->Alter("nowhere", {}, 0)), ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(CodeOf(registry_->Delete("nowhere")), ErrorCode::UNKNOWN_TOPIC);
}

TEST_F(TopicRegistryTest, ANameIsTakenOnce) {
  ASSERT_TRUE(registry_->Create("x", 1, {}));
  EXPECT_EQ(CodeOf(registry_->Create("x", 1, {})), ErrorCode::TOPIC_EXISTS);
}

TEST_F(TopicRegistryTest, IdsAreNeverReused) {
  const auto first = (*registry_->Create("x", 1, {}))->id;
  ASSERT_TRUE(registry_->Delete("x"));
  const auto second = (*registry_->Create("x", 1, {}))->id;
  ASSERT_TRUE(registry_->Delete("x"));
  Restart();
  const auto third = (*registry_->Create("x", 1, {}))->id;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(TopicRegistryTest, AlterSetsKeysAndSetsThemBack) {
  const auto id = (*registry_->Create("x", 2, {{"durability", "os"}}))->id;
  ASSERT_TRUE(registry_->Alter("x", {{"segment.bytes", "65536"}}, 0));
  TopicPtr topic = *registry_->Find("x");
  EXPECT_EQ(topic->config.segment_bytes, 65536);
  EXPECT_EQ(topic->config.durability, Durability::kOs);
  EXPECT_EQ(stores_.logs.Options({id, 1})->segment_bytes, 65536);

  ASSERT_TRUE(registry_->Alter("x", {{"durability", ""}}, 0));
  Restart();
  topic = *registry_->Find("x");
  EXPECT_EQ(topic->config.durability, Durability::kFsync);
  EXPECT_EQ(topic->config_text, (TopicConfigText{{"segment.bytes", "65536"}}));
  EXPECT_EQ(stores_.logs.Options({id, 0})->durability, Durability::kFsync);
}

TEST_F(TopicRegistryTest, AlterRefusesKeysThatDoNotExistEvenToUnsetThem) {
  ASSERT_TRUE(registry_->Create("x", 1, {}));
  EXPECT_EQ(CodeOf(registry_->Alter("x", {{"segment.byte", ""}}, 0)), ErrorCode::INVALID_CONFIG);
}

TEST_F(TopicRegistryTest, PartitionsCanBeAddedButNotTakenAway) {
  const auto id = (*registry_->Create("x", 2, {}))->id;
  ASSERT_TRUE(registry_->Alter("x", {}, 4));
  EXPECT_EQ((*registry_->Find("x"))->partition_count, 4);
  EXPECT_EQ(registry_->partition_count(), 4);
  EXPECT_EQ(stores_.logs.OpenPartitions().size(), 4u);
  EXPECT_TRUE(stores_.logs.Options({id, 3}));

  EXPECT_TRUE(registry_->Alter("x", {}, 4)) << "asking again for as many is not an error";
  const auto fewer = registry_->Alter("x", {}, 3);
  EXPECT_EQ(CodeOf(fewer), ErrorCode::INVALID_PARTITION_COUNT);
  EXPECT_EQ(fewer.error().message,
            "topic 'x' cannot have 3 partitions: it has 4, which cannot shrink");
}

TEST_F(TopicRegistryTest, ADeletedTopicIsGoneWithItsLogsAndCursors) {
  const auto doomed = (*registry_->Create("doomed", 2, {}))->id;
  const auto kept = (*registry_->Create("kept", 1, {}))->id;
  stores_.cursors.Write(
      {{"g", {doomed, 0}, storage::Cursor{}}, {"g", {kept, 0}, storage::Cursor{}}}, true,
      [](Result<void>) {});
  ASSERT_TRUE(registry_->Delete("doomed"));

  EXPECT_EQ(CodeOf(registry_->Find("doomed")), ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(registry_->FindById(doomed), nullptr);
  EXPECT_EQ(registry_->partition_count(), 1);
  EXPECT_THAT(stores_.logs.OpenPartitions(), ElementsAre(PartitionId{kept, 0}));
  const auto cursors = **stores_.cursors.Load("g");
  ASSERT_EQ(cursors.size(), 1u);
  EXPECT_EQ(cursors[0].partition, (PartitionId{kept, 0}));
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
}

TEST_F(TopicRegistryTest, ADeletionIsAnsweredBeforeTheDataGoAndFreesTheNameAtOnce) {
  std::vector<std::function<void()>> behind;
  registry_ = *TopicRegistry::Open(
      stores_.metadata, stores_.logs, stores_.cursors, {},
      [&](std::function<void()> deletion) { behind.push_back(std::move(deletion)); });
  const auto first = (*registry_->Create("x", 2, {}))->id;
  ASSERT_TRUE(registry_->Delete("x"));
  EXPECT_EQ(stores_.logs.OpenPartitions().size(), 2u);
  const auto second = (*registry_->Create("x", 1, {}))->id;
  EXPECT_NE(first, second);

  ASSERT_EQ(behind.size(), 1u);
  behind[0]();
  EXPECT_THAT(stores_.logs.OpenPartitions(), ElementsAre(PartitionId{second, 0}));
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
}

TEST_F(TopicRegistryTest, ADeletionThatIsStoppedGoesOnAtTheNextStart) {
  std::vector<std::function<void()>> behind;
  registry_ = *TopicRegistry::Open(
      stores_.metadata, stores_.logs, stores_.cursors, {},
      [&](std::function<void()> deletion) { behind.push_back(std::move(deletion)); });
  ASSERT_TRUE(registry_->Create("x", 2, {}));
  ASSERT_TRUE(registry_->Delete("x"));
  registry_->StopDeletions();
  ASSERT_EQ(behind.size(), 1u);
  behind[0]();
  EXPECT_EQ(stores_.logs.OpenPartitions().size(), 2u);
  Restart();
  EXPECT_THAT(stores_.logs.OpenPartitions(), IsEmpty());
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
}

class RecordingListener : public TopicListener {
 public:
  explicit RecordingListener(strata::testing::MemoryStores& stores) : stores_(stores) {}

  void OnTopicCreated(const TopicPtr& topic) override {
    events.push_back(
        fmt::format("{} created, open: {}", topic->name, stores_.logs.OpenPartitions().size()));
  }
  void OnPartitionsAdded(const TopicPtr& topic, std::int32_t previous_count) override {
    events.push_back(fmt::format("{} grew from {} to {}, open: {}", topic->name, previous_count,
                                 topic->partition_count, stores_.logs.OpenPartitions().size()));
  }
  void OnTopicDeleted(const TopicPtr& topic) override {
    events.push_back(
        fmt::format("{} deleted, open: {}", topic->name, stores_.logs.OpenPartitions().size()));
  }

  std::vector<std::string> events;

 private:
  strata::testing::MemoryStores& stores_;
};

TEST_F(TopicRegistryTest, ListenersHearOfWhatIsNewWhenItIsReadyAndOfDeletionsBeforeData) {
  RecordingListener listener(stores_);
  registry_->AddListener(&listener);
  ASSERT_TRUE(registry_->Create("x", 1, {}));
  ASSERT_TRUE(registry_->Alter("x", {{"durability", "os"}}, 0));
  ASSERT_TRUE(registry_->Alter("x", {}, 3));
  ASSERT_TRUE(registry_->Delete("x"));
  EXPECT_THAT(listener.events, ElementsAre("x created, open: 1", "x grew from 1 to 3, open: 3",
                                           "x deleted, open: 3"));

  registry_->RemoveListener(&listener);
  ASSERT_TRUE(registry_->Create("y", 1, {}));
  ASSERT_TRUE(registry_->Delete("y"));
  EXPECT_EQ(listener.events.size(), 3u);
}

TEST_F(TopicRegistryTest, ACreateThatFailsHalfWayLeavesNothing) {
  int opened = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    if (++opened == 2) return Fail(ErrorCode::DISK_FULL, "no space");
    return Ok();
  };
  EXPECT_EQ(CodeOf(registry_->Create("x", 3, {})), ErrorCode::DISK_FULL);
  EXPECT_EQ(CodeOf(registry_->Find("x")), ErrorCode::UNKNOWN_TOPIC);
  EXPECT_THAT(stores_.logs.OpenPartitions(), IsEmpty());
  Restart();
  EXPECT_THAT(registry_->List(), IsEmpty());
  EXPECT_TRUE(registry_->Create("x", 3, {}));
}

TEST_F(TopicRegistryTest, AnAlterThatFailsHalfWayIsUndone) {
  const auto id = (*registry_->Create("x", 1, {}))->id;
  int changes = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    if (++changes == 2) return Fail(ErrorCode::DISK_FULL, "no space");
    return Ok();
  };
  EXPECT_EQ(CodeOf(registry_->Alter("x", {{"segment.bytes", "65536"}}, 3)), ErrorCode::DISK_FULL);
  EXPECT_EQ((*registry_->Find("x"))->partition_count, 1);
  Restart();
  EXPECT_EQ((*registry_->Find("x"))->partition_count, 1);
  EXPECT_EQ((*registry_->Find("x"))->config, TopicConfig());
  EXPECT_THAT(stores_.logs.OpenPartitions(), ElementsAre(PartitionId{id, 0}));
}

TEST_F(TopicRegistryTest, DataThatCouldNotBeDeletedIsDeletedAtTheNextStart) {
  ASSERT_TRUE(registry_->Create("x", 2, {}));
  stores_.logs.fault = [] { return Fail(ErrorCode::IO_ERROR, "cannot remove"); };
  EXPECT_TRUE(registry_->Delete("x"));
  EXPECT_EQ(CodeOf(registry_->Find("x")), ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(stores_.logs.OpenPartitions().size(), 2u);
  stores_.Heal();
  Restart();
  EXPECT_THAT(stores_.logs.OpenPartitions(), IsEmpty());
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
}

TEST_F(TopicRegistryTest, ACreateThatCouldNotBeUndoneIsUndoneWhenThatWorksAgain) {
  int opened = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    if (++opened < 2) return Ok();
    stores_.metadata.fault = [] { return Fail(ErrorCode::DISK_FULL, "no space"); };
    return Fail(ErrorCode::DISK_FULL, "no space");
  };
  EXPECT_EQ(CodeOf(registry_->Create("x", 3, {})), ErrorCode::DISK_FULL);
  EXPECT_EQ(registry_->Mend(), 1);
  stores_.Heal();
  EXPECT_EQ(registry_->Mend(), 0);
  EXPECT_THAT(stores_.logs.OpenPartitions(), IsEmpty());
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
  EXPECT_TRUE(registry_->Create("x", 3, {}));
}

TEST_F(TopicRegistryTest, AnAlterThatCouldNotBeUndoneIsUndoneWhenThatWorksAgain) {
  const auto id = (*registry_->Create("x", 1, {}))->id;
  int changes = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    if (++changes < 2) return Ok();
    return Fail(ErrorCode::DISK_FULL, "no space");
  };
  EXPECT_EQ(CodeOf(registry_->Alter("x", {}, 3)), ErrorCode::DISK_FULL);
  EXPECT_EQ(registry_->Mend(), 1);
  stores_.Heal();
  EXPECT_EQ(registry_->Mend(), 0);
  Restart();
  EXPECT_EQ((*registry_->Find("x"))->partition_count, 1);
  EXPECT_THAT(stores_.logs.OpenPartitions(), ElementsAre(PartitionId{id, 0}));
}

TEST_F(TopicRegistryTest, DataThatCouldNotBeDeletedIsDeletedWhenThatWorksAgain) {
  ASSERT_TRUE(registry_->Create("x", 2, {}));
  stores_.logs.fault = [] { return Fail(ErrorCode::IO_ERROR, "cannot remove"); };
  EXPECT_TRUE(registry_->Delete("x"));
  EXPECT_EQ(registry_->Mend(), 1);
  stores_.Heal();
  registry_->Mend();
  EXPECT_EQ(registry_->Mend(), 0);
  EXPECT_THAT(stores_.logs.OpenPartitions(), IsEmpty());
  EXPECT_THAT(*stores_.truth.Range(kTombstonePrefix), IsEmpty());
}

TEST_F(TopicRegistryTest, ADamagedRecordStopsTheStartAndIsNamed) {
  ASSERT_TRUE(registry_->Create("x", 1, {}));
  for (
      const char* value :
      {"", "{", "[]", "{\"version\":1}", "{\"version\":1,\"id\":-1}",
       R"({"version":1,"id":1,"name":"x","partition_count":0,"config":{},"created_at_ms":1})",
       R"({"version":1,"id":1,"name":"x","partition_count":1,"config":{"a":"b"},"created_at_ms":1})"}) {
    ASSERT_TRUE(stores_.truth.Commit({{}, {{TopicKey("x"), value}}}));
    const auto opened = TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {});
    EXPECT_EQ(CodeOf(opened), ErrorCode::CORRUPT_LOG) << value;
    EXPECT_THAT(opened.error().message, HasSubstr("'topic/name/x'"));
  }
}

TEST_F(TopicRegistryTest, ALogThatTheDiskKeepsFromBeingOpenedDoesNotStopTheStart) {
  ASSERT_TRUE(registry_->Create("x", 3, {}));
  registry_.reset();
  ASSERT_TRUE(stores_.logs.Remove({{1, 1}}));
  int opened = 0;
  stores_.logs.fault = [&]() -> Result<void> {
    return ++opened == 2 ? Result<void>(Fail(ErrorCode::IO_ERROR, "a bad spot")) : Ok();
  };
  registry_ = OpenRegistry(stores_);
  ASSERT_NE(registry_, nullptr);
  EXPECT_TRUE(registry_->Find("x"));
  EXPECT_THAT(stores_.logs.OpenPartitions(), ElementsAre(PartitionId{1, 0}, PartitionId{1, 2}));
}

TEST_F(TopicRegistryTest, DamagedTruthOfALogStopsTheStart) {
  ASSERT_TRUE(registry_->Create("x", 1, {}));
  registry_.reset();
  stores_.logs.fault = [] { return Fail(ErrorCode::CORRUPT_LOG, "a damaged entry"); };
  EXPECT_EQ(CodeOf(TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {})),
            ErrorCode::CORRUPT_LOG);
}

TEST_F(TopicRegistryTest, ARecordOfANewerVersionStopsTheStart) {
  ASSERT_TRUE(stores_.truth.Commit({{}, {{TopicKey("x"), "{\"version\":2}"}}}));
  EXPECT_EQ(CodeOf(TopicRegistry::Open(stores_.metadata, stores_.logs, stores_.cursors, {})),
            ErrorCode::DATA_DIR_NEWER_FORMAT);
}

TEST_F(TopicRegistryTest, ManyThreadsMayLookWhileTopicsComeAndGo) {
  ASSERT_TRUE(registry_->Create("fixed", 1, {}));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        EXPECT_TRUE(registry_->Find("fixed"));
        for (const TopicPtr& topic : registry_->List()) EXPECT_GE(topic->partition_count, 1);
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(registry_->Create("moving", 1, {}));
    EXPECT_TRUE(registry_->Alter("moving", {}, 2));
    EXPECT_TRUE(registry_->Delete("moving"));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(registry_->partition_count(), 1);
}

// Dies at the nth change of a store, for every n: from then on nothing works until the restart.
// The change at which it dies has either not happened, or has happened and nobody was told.
class TopicRegistryCrash : public ::testing::TestWithParam<bool> {
 protected:
  // Runs `prepare`, `operation` that dies at the nth change, a restart, and `check`; for n = 1, 2..
  // until the operation lives.
  void AtEveryCrashPoint(
      const std::function<void(TopicRegistry&)>& prepare,
      const std::function<void(TopicRegistry&)>& operation,
      const std::function<void(TopicRegistry&, strata::testing::MemoryStores&)>& check) {
    bool died = true;
    for (int crash_at = 1; died; ++crash_at) {
      SCOPED_TRACE(fmt::format("crash at change {}", crash_at));
      ASSERT_LT(crash_at, 50);
      strata::testing::MemoryStores stores;
      auto registry = OpenRegistry(stores);
      prepare(*registry);
      int changes = 0;
      stores.metadata.after = GetParam();
      stores.SetFault([&]() -> Result<void> {
        if (++changes >= crash_at) return Fail(ErrorCode::IO_ERROR, "dead");
        return Ok();
      });
      operation(*registry);
      died = changes >= crash_at;
      registry.reset();
      stores.Heal();
      registry = OpenRegistry(stores);
      ASSERT_TRUE(registry);
      check(*registry, stores);
    }
  }

  static void ExpectLogsFitTopics(TopicRegistry& registry, strata::testing::MemoryStores& stores) {
    std::vector<PartitionId> expected;
    for (const TopicPtr& topic : registry.List()) {
      for (std::int32_t i = 0; i < topic->partition_count; ++i) expected.push_back({topic->id, i});
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(stores.logs.OpenPartitions(), expected);
    EXPECT_THAT(*stores.truth.Range(kTombstonePrefix), IsEmpty());
  }
};

TEST_P(TopicRegistryCrash, CreateLeavesAWholeTopicOrNone) {
  AtEveryCrashPoint([](TopicRegistry&) {},
                    [](TopicRegistry& registry) { (void)registry.Create("x", 3, {}); },
                    [](TopicRegistry& registry, strata::testing::MemoryStores& stores) {
                      ExpectLogsFitTopics(registry, stores);
                      const auto found = registry.Find("x");
                      if (found) {
                        EXPECT_EQ((*found)->partition_count, 3);
                      } else {
                        EXPECT_TRUE(registry.Create("x", 3, {}));
                      }
                    });
}

TEST_P(TopicRegistryCrash, AlterIsDoneOrNot) {
  AtEveryCrashPoint(
      [](TopicRegistry& registry) { ASSERT_TRUE(registry.Create("x", 1, {})); },
      [](TopicRegistry& registry) {
        (void)registry.Alter("x", {{"durability", "os"}}, 3);
      },
      [](TopicRegistry& registry, strata::testing::MemoryStores& stores) {
        ExpectLogsFitTopics(registry, stores);
        const auto found = registry.Find("x");
        ASSERT_TRUE(found);
        const bool done = (*found)->partition_count == 3;
        EXPECT_EQ((*found)->partition_count, done ? 3 : 1);
        EXPECT_EQ((*found)->config.durability, done ? Durability::kOs : Durability::kFsync);
        EXPECT_EQ(stores.logs.Options({(*found)->id, 0})->durability, (*found)->config.durability);
      });
}

TEST_P(TopicRegistryCrash, DeleteLeavesAWholeTopicOrNothing) {
  AtEveryCrashPoint([](TopicRegistry& registry) { ASSERT_TRUE(registry.Create("x", 3, {})); },
                    [](TopicRegistry& registry) { (void)registry.Delete("x"); },
                    [](TopicRegistry& registry, strata::testing::MemoryStores& stores) {
                      ExpectLogsFitTopics(registry, stores);
                    });
}

INSTANTIATE_TEST_SUITE_P(TheLastChange, TopicRegistryCrash, ::testing::Bool(),
                         [](const auto& unnoticed) {
                           return unnoticed.param ? "HappenedUnnoticed" : "DidNotHappen";
                         });

}  // namespace
}  // namespace strata::broker
