#include "client/lib/reader.h"

#include <future>
#include <mutex>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/batch_filter.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kTopic[] = "orders";

class ReaderTest : public ::testing::Test {
 protected:
  ReaderTest() { broker_.log().AddTopic(kTopic, 1); }

  void Append(const std::vector<std::string>& values, TimestampMs time = 1'000) {
    broker_.log().Append(kTopic, 0, testing::EncodeBatch(values, time));
  }

  std::unique_ptr<Reader> Open(Position from, ReaderOptions options = {}) {
    return *Reader::Open(broker_.Connect(), kTopic, 0, from, std::move(options));
  }

  // Everything up to the end, which the reader must know of.
  static std::vector<std::string> ReadToEnd(Reader& reader) {
    std::vector<std::string> values;
    while (!reader.at_end()) {
      const auto records = reader.Poll(seconds(20));
      if (!records) ADD_FAILURE() << records.error().message;
      if (!records) break;
      for (const auto& record : *records) values.emplace_back(*record.value);
    }
    return values;
  }

  testing::FakeBroker broker_;
};

using Values = std::vector<std::string>;

TEST_F(ReaderTest, ReadsFromTheBeginningToTheEnd) {
  Append({"a", "b"});
  Append({"c"});
  const auto reader = Open(Position::Beginning(), {.stop_at_end = true});
  EXPECT_EQ(ReadToEnd(*reader), (Values{"a", "b", "c"}));
  EXPECT_EQ(reader->position(), 3);
  EXPECT_EQ(reader->end(), 3);
}

TEST_F(ReaderTest, AnEmptyPartitionIsAtItsEndAtOnce) {
  const auto reader = Open(Position::Beginning(), {.stop_at_end = true});
  EXPECT_EQ(ReadToEnd(*reader), Values());
}

TEST_F(ReaderTest, SkipsWhatABatchHoldsBeforeTheOffsetWanted) {
  Append({"a", "b", "c"});
  EXPECT_EQ(ReadToEnd(*Open(Position::At(1), {.stop_at_end = true})), (Values{"b", "c"}));
}

TEST_F(ReaderTest, PassesOverWhatCompactionHasLeftEmpty) {
  broker_.log().Append(kTopic, 0, EmptyBatch(0, 5, 0));
  Append({"a"});
  broker_.log().Append(kTopic, 0, EmptyBatch(0, 3, 0));
  Append({"b"});
  broker_.log().Append(kTopic, 0, EmptyBatch(0, 100, 0));
  for (const Position& from : {Position::Beginning(), Position::At(3), Position::Time(1'000)}) {
    const auto reader = Open(from, {.stop_at_end = true});
    EXPECT_EQ(ReadToEnd(*reader), (Values{"a", "b"}));
    EXPECT_EQ(reader->position(), 110);
  }
}

TEST_F(ReaderTest, SkipsWhatABatchHoldsBeforeTheTimeWanted) {
  RecordBatchBuilder builder;
  for (const TimestampMs time : {100, 200, 150, 300}) {
    builder.Add({.value = "x", .timestamp_ms = time});
  }
  broker_.log().Append(kTopic, 0, builder.Finish());
  const auto reader = Open(Position::Time(200));
  const auto records = reader->Poll(seconds(20));
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ(records->front().offset, 1);
}

TEST_F(ReaderTest, DeliversWhatComesLaterIfTheTimeLayBehindTheEnd) {
  const auto reader = Open(Position::Time(5'000));
  Append({"older than that"}, 1'000);
  const auto records = reader->Poll(seconds(20));
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 1U);
}

TEST_F(ReaderTest, WaitsAtTheEndForWhatComes) {
  Append({"old"});
  const auto reader = Open(Position::End());
  EXPECT_TRUE(reader->Poll(milliseconds(1))->empty());
  // Where the end is, the broker decides when the call arrives.
  std::vector<RecordView> records;
  while (records.empty()) {
    Append({"new"});
    records = *reader->Poll(milliseconds(10));
  }
  EXPECT_EQ(*records.front().value, "new");
}

TEST_F(ReaderTest, RingsWhenThereIsSomethingToPoll) {
  Append({"a"});
  auto rung = std::make_shared<std::promise<void>>();
  auto once = std::make_shared<std::once_flag>();
  const auto reader =
      Open(Position::Beginning(),
           {.on_ready = [rung, once] { std::call_once(*once, [&] { rung->set_value(); }); }});
  rung->get_future().wait();
  EXPECT_EQ(reader->Poll(milliseconds(0))->size(), 1U);
}

TEST_F(ReaderTest, ErrorsOfTheBrokerComeFromPoll) {
  const auto reader = *Reader::Open(broker_.Connect(), kTopic, 7, Position::Beginning());
  const auto records = reader->Poll(seconds(20));
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, ErrorCode::UNKNOWN_PARTITION);
}

TEST_F(ReaderTest, ADamagedBatchIsAnErrorAndTheGoodOnesBeforeItAreNot) {
  Append({"good"});
  std::string damaged = testing::EncodeBatch({"damaged"});
  damaged.back() ^= 1;
  broker_.log().Append(kTopic, 0, damaged);
  const auto reader = Open(Position::Beginning());
  EXPECT_EQ(reader->Poll(seconds(20))->size(), 1U);
  const auto records = reader->Poll(seconds(20));
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, ErrorCode::CORRUPT_BATCH);
  EXPECT_EQ(reader->position(), 1);
}

TEST_F(ReaderTest, OutlivesARestartOfTheBroker) {
  Append({"a"});
  const auto reader = Open(Position::Beginning());
  ASSERT_EQ(reader->Poll(seconds(20))->size(), 1U);
  broker_.Stop();
  EXPECT_TRUE(reader->Poll(milliseconds(1))->empty());
  Append({"b"});
  broker_.Start();
  const auto records = reader->Poll(seconds(20));
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(*records->front().value, "b");
}

// Big responses take their time to be taken in, while the next ones are already there.
TEST_F(ReaderTest, BigResponsesStayInOrder) {
  constexpr Offset kBatches = 300;
  for (Offset i = 0; i < kBatches; ++i) Append({std::string(500'000, 'x')});
  const auto reader = Open(Position::Beginning(), {.max_bytes = 1, .stop_at_end = true});
  Offset read = 0;
  while (!reader->at_end()) {
    const auto records = reader->Poll(seconds(20));
    ASSERT_TRUE(records);
    for (const auto& record : *records) ASSERT_EQ(record.offset, read++);
  }
  EXPECT_EQ(read, kBatches);
}

TEST_F(ReaderTest, ReadsEachRecordOnceThroughRandomBreaks) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  // The broker's thread may still ask when this function has returned.
  broker_.DecideReads([random = std::mt19937_64(seed)]() mutable {
    return std::uniform_int_distribution<int>(0, 2)(random) > 0;
  });
  constexpr Offset kRecords = 600;
  const auto reader = Open(Position::Beginning());
  Offset read = 0;
  for (Offset next = 0; next < kRecords; next += 3) {
    Append({std::to_string(next), std::to_string(next + 1), std::to_string(next + 2)});
    while (read < next + 3) {
      const auto records = reader->Poll(seconds(20));
      ASSERT_TRUE(records);
      ASSERT_FALSE(records->empty());
      for (const auto& record : *records) {
        ASSERT_EQ(record.offset, read);
        ASSERT_EQ(*record.value, std::to_string(read));
        ++read;
      }
    }
  }
  EXPECT_EQ(read, kRecords);
}

}  // namespace
}  // namespace strata
