// Compaction as a whole: a real store whose clocks the test sets.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/log/local_log_store_impl.h"
#include "tests/support/fake_time.h"
#include "tests/support/keyed_batches.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using strata::testing::Append;
using strata::testing::FakeTime;
using strata::testing::KeyedRecord;
using strata::testing::LogPlace;
using strata::testing::MakeKeyedBatch;
using strata::testing::ReadKeyed;
using strata::testing::Replay;

constexpr PartitionId kPartition{1, 0};
constexpr std::size_t kValueBytes = 100;

class CompactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_options_.segment_bytes = 2'000;
    log_options_.cleanup.compact = true;
    log_options_.cleanup.dirty_ratio = 0;
    log_options_.cleanup.tombstone_age = hours(8);
    Start();
  }

  void Start() {
    LocalLogStoreOptions options;
    options.time_source = &time_;
    options.cleanup_interval = milliseconds(0);
    options.tail_cache_bytes = 0;
    options.compaction_map_bytes = map_bytes_;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  }

  void Restart(bool clean) {
    if (clean) {
      ASSERT_TRUE(store_->Close().has_value());
    }
    store_.reset();
    Start();
  }

  void Configure() { ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value()); }

  void Put(std::vector<KeyedRecord> records) {
    const auto batch = MakeKeyedBatch(records, time_.Wall(), codec_);
    ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  }
  // One batch with one record.
  void PutOne(const std::string& key, const std::string& value) {
    Put({{key, value + std::string(kValueBytes, '.')}});
  }
  void Delete(const std::string& key) { Put({{key, std::nullopt}}); }
  // Fills segments up with keys that come only once.
  void Fill(int segments) {
    const std::int32_t wanted = SegmentCount() + segments;
    while (SegmentCount() < wanted) PutOne("filler" + std::to_string(fillers_++), "");
  }

  void Clean() { static_cast<LocalLogStore&>(*store_).CleanAll(); }
  std::int32_t SegmentCount() { return store_->Status(kPartition)->segment_count; }
  std::int64_t SizeBytes() { return store_->Status(kPartition)->size_bytes; }
  std::vector<KeyedRecord> ReadAll(std::size_t max_bytes = 1 << 20) {
    return ReadKeyed(*store_, kPartition, store_->Ends(kPartition)->log_start, max_bytes);
  }
  std::size_t CountOf(const std::string& key) {
    const auto records = ReadAll();
    return static_cast<std::size_t>(std::count_if(
        records.begin(), records.end(), [&](const auto& record) { return record.key == key; }));
  }

  LogOptions log_options_;
  std::size_t map_bytes_ = 1 << 20;
  Compression codec_ = Compression::kNone;
  int fillers_ = 0;
  FakeTime time_;
  LogPlace place_;
  std::unique_ptr<LogStore> store_;
};

TEST_F(CompactionTest, NothingIsCompactedUnlessAskedFor) {
  log_options_.cleanup.compact = false;
  Configure();
  for (int i = 0; i < 100; ++i) PutOne("a", std::to_string(i));
  Clean();
  EXPECT_EQ(CountOf("a"), 100u);
}

TEST_F(CompactionTest, OnlyTheLastRecordOfEachKeyStaysAtItsOffset) {
  for (int i = 0; i < 90; ++i)
    PutOne(std::string(1, static_cast<char>('a' + i % 3)), std::to_string(i));
  Fill(1);
  const auto before = ReadAll();
  const std::int64_t bytes_before = SizeBytes();
  Clean();
  const auto after = ReadAll();
  EXPECT_EQ(Replay(after), Replay(before));
  for (const char* key : {"a", "b", "c"}) EXPECT_EQ(CountOf(key), 1u);
  for (const KeyedRecord& record : after) {
    EXPECT_EQ(record, before[static_cast<std::size_t>(record.offset)]);
  }
  EXPECT_LT(SizeBytes(), bytes_before / 4);
  EXPECT_EQ(store_->Ends(kPartition)->log_start, 0);
  EXPECT_EQ(store_->Ends(kPartition)->log_end, static_cast<Offset>(before.size()));
}

TEST_F(CompactionTest, EveryOffsetCanStillBeReadFrom) {
  for (int i = 0; i < 60; ++i) PutOne("a", std::to_string(i));
  Fill(2);
  Clean();
  const auto all = ReadAll();
  const Offset end = store_->Ends(kPartition)->visible;
  for (Offset from = 0; from <= end; ++from) {
    std::vector<KeyedRecord> expected;
    std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                 [&](const auto& record) { return record.offset >= from; });
    EXPECT_EQ(ReadKeyed(*store_, kPartition, from, 1), expected) << from;
  }
}

TEST_F(CompactionTest, TheSegmentThatIsBeingWrittenStaysAsItIs) {
  PutOne("a", "1");
  PutOne("a", "2");
  Clean();
  EXPECT_EQ(CountOf("a"), 2u);
}

TEST_F(CompactionTest, BatchesOfManyRecordsLoseSomeOfThem) {
  for (const Compression codec : {Compression::kNone, Compression::kZstd, Compression::kLz4}) {
    codec_ = codec;
    for (int i = 0; i < 20; ++i) {
      Put({{"a", std::to_string(i)}, {"b" + std::to_string(i), "x"}, {"a", std::to_string(i + 1)}});
    }
  }
  codec_ = Compression::kNone;
  Fill(1);
  const auto before = ReadAll();
  Clean();
  EXPECT_EQ(Replay(ReadAll()), Replay(before));
  EXPECT_EQ(CountOf("a"), 1u);
  EXPECT_EQ(CountOf("b7"), 1u);
}

TEST_F(CompactionTest, RecordsWithoutAKeyStay) {
  for (int i = 0; i < 30; ++i) Put({{std::nullopt, std::string(kValueBytes, 'x')}, {"a", "y"}});
  Fill(1);
  Clean();
  const auto records = ReadAll();
  EXPECT_EQ(std::count_if(records.begin(), records.end(), [](const auto& r) { return !r.key; }),
            30);
  EXPECT_EQ(CountOf("a"), 1u);
}

TEST_F(CompactionTest, SmallNeighboursBecomeOneSegment) {
  for (int i = 0; i < 200; ++i) PutOne("a", std::to_string(i));
  const std::int32_t before = SegmentCount();
  // What is left of each pass becomes smaller, and is joined by the next one.
  for (int i = 0; i < 4; ++i) {
    Fill(1);
    Clean();
  }
  EXPECT_GT(before, 10);
  EXPECT_LT(SegmentCount(), 8);
  EXPECT_EQ(CountOf("a"), 1u);
}

TEST_F(CompactionTest, ATombstoneDeletesItsKeyAndGoesWhenItsTimeHasCome) {
  for (int i = 0; i < 20; ++i) PutOne("a", std::to_string(i));
  Delete("a");
  Fill(1);
  Clean();
  EXPECT_EQ(CountOf("a"), 1u) << "the tombstone";
  EXPECT_FALSE(Replay(ReadAll()).contains("a"));
  time_.Pass(hours(7));
  Clean();
  EXPECT_EQ(CountOf("a"), 1u) << "a reader that began before may not have seen it";
  time_.Pass(hours(3));
  Clean();
  EXPECT_EQ(CountOf("a"), 0u);
}

TEST_F(CompactionTest, TheTimeOfATombstoneSurvivesARestartAndLaterPasses) {
  PutOne("a", "1");
  Delete("a");
  Fill(1);
  Clean();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(CountOf("a"), i < 8 ? 1u : 0u) << i;
    time_.Pass(hours(1) + std::chrono::minutes(7));
    Restart(/*clean=*/i % 2 == 0);
    time_.Pass(milliseconds(1));
    for (int j = 0; j < 20; ++j) PutOne("b", std::to_string(j));
    Fill(1);
    time_.Pass(std::chrono::minutes(2));
    Clean();
  }
}

TEST_F(CompactionTest, WhatATombstoneHasDeletedDoesNotComeBack) {
  PutOne("a", "1");
  Fill(2);
  Delete("a");
  Fill(1);
  log_options_.cleanup.tombstone_age = milliseconds(0);
  Configure();
  for (int i = 0; i < 3; ++i) {
    time_.Pass(hours(1));
    Clean();
    EXPECT_FALSE(Replay(ReadAll()).contains("a"));
  }
  EXPECT_EQ(CountOf("a"), 0u);
}

TEST_F(CompactionTest, KeysThatDoNotFitIntoMemoryAreLeftToTheNextPass) {
  map_bytes_ = 1'000;  // some 15 keys
  Restart(/*clean=*/true);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) PutOne("key" + std::to_string(i), std::to_string(round));
  }
  Fill(1);
  const auto before = Replay(ReadAll());
  for (int i = 0; i < 40; ++i) {
    Clean();
    EXPECT_EQ(Replay(ReadAll()), before);
    if (i % 10 == 5) Restart(/*clean=*/i % 20 == 5);
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(CountOf("key" + std::to_string(i)), 1u) << i;
}

TEST_F(CompactionTest, ProgressIsRememberedAcrossRestarts) {
  log_options_.cleanup.dirty_ratio = 0.5;
  for (int i = 0; i < 50; ++i) PutOne("key" + std::to_string(i), "1");
  Fill(1);
  Clean();
  for (const bool clean : {true, false}) {
    Restart(clean);
    PutOne("key0", "2");
    Fill(1);
    Clean();
    EXPECT_EQ(CountOf("key0"), clean ? 2u : 3u) << "less than half is new";
  }
}

TEST_F(CompactionTest, YoungRecordsAreLeftAlone) {
  log_options_.cleanup.compaction_lag = hours(1);
  Configure();
  for (int i = 0; i < 20; ++i) PutOne("a", std::to_string(i));
  Fill(1);
  Clean();
  EXPECT_EQ(CountOf("a"), 20u);
  time_.Pass(hours(2));
  Clean();
  EXPECT_EQ(CountOf("a"), 1u);
}

TEST_F(CompactionTest, AnIdleLogIsCompactedToItsEndWhenItsSegmentIsOldEnough) {
  log_options_.segment_age = hours(1);
  Configure();
  PutOne("a", "1");
  PutOne("a", "2");
  time_.Pass(hours(2));
  while (CountOf("a") > 1) Clean();
  EXPECT_EQ(Replay(ReadAll()).at("a").front(), '2');
}

TEST_F(CompactionTest, TimesAreFoundInWhatIsLeft) {
  for (int i = 0; i < 60; ++i) {
    time_.Pass(milliseconds(10));
    PutOne(i % 10 == 0 ? "kept" + std::to_string(i) : "a", std::to_string(i));
  }
  const TimestampMs begin = FakeTime::kStart;
  Fill(1);
  Clean();
  const auto found = [&](TimestampMs time) {
    const Offset from = store_->OffsetForTime(kPartition, time).value();
    return ReadKeyed(*store_, kPartition, from).front().key;
  };
  EXPECT_EQ(found(begin + 10), "kept0");
  EXPECT_EQ(found(begin + 20), "kept10");
  EXPECT_EQ(found(begin + 110), "kept10");
  EXPECT_EQ(found(begin + 120), "kept20");
  Restart(/*clean=*/false);
  EXPECT_EQ(found(begin + 20), "kept10");
}

TEST_F(CompactionTest, WhatIsLeftIsTheSameAfterARestart) {
  for (int i = 0; i < 200; ++i) PutOne("key" + std::to_string(i % 30), std::to_string(i));
  Fill(1);
  Clean();
  const auto before = ReadAll();
  const std::int32_t segments = SegmentCount();
  for (const bool clean : {true, false}) {
    Restart(clean);
    EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
    EXPECT_EQ(SegmentCount(), segments);
    EXPECT_EQ(ReadAll(), before);
    EXPECT_EQ(ReadAll(/*max_bytes=*/1), before);
  }
}

TEST_F(CompactionTest, CompactionAndDeletionGoTogether) {
  log_options_.cleanup.retention_age = hours(10);
  Configure();
  for (int i = 0; i < 60; ++i) PutOne("key" + std::to_string(i % 5), std::to_string(i));
  Fill(1);
  Clean();
  EXPECT_EQ(CountOf("key0"), 1u);
  time_.Pass(hours(5));
  Fill(3);
  time_.Pass(hours(6));
  Clean();
  Clean();
  EXPECT_EQ(CountOf("key0"), 0u);
  EXPECT_GT(store_->Ends(kPartition)->log_start, 0);
  EXPECT_GT(ReadAll().size(), 0u);
}

TEST_F(CompactionTest, ALogThatIsTrimmedInTheMiddleOfASegmentIsCompacted) {
  for (int i = 0; i < 60; ++i) PutOne("key" + std::to_string(i % 5), std::to_string(i));
  Fill(1);
  ASSERT_EQ(store_->Trim(kPartition, 7), 7);
  Clean();
  EXPECT_EQ(store_->Ends(kPartition)->log_start, 7);
  EXPECT_EQ(CountOf("key0"), 1u);
}

TEST_F(CompactionTest, ADamagedSegmentIsNotRewritten) {
  for (int i = 0; i < 60; ++i) PutOne("a", std::to_string(i));
  Fill(1);
  const std::string path = place_.SegmentPath(kPartition, 0);
  {
    auto file = FileSystem::Real().Open(path, FileSystem::OpenMode::kReadWrite).value();
    const std::array<std::string_view, 1> garbage{"garbage"};
    ASSERT_TRUE(file->Write(100, garbage).has_value());
  }
  const auto read_file = [&] {
    std::string bytes(4'000, '\0');
    auto file = FileSystem::Real().Open(path, FileSystem::OpenMode::kReadOnly).value();
    bytes.resize(file->Read(0, bytes.data(), bytes.size()).value());
    return bytes;
  };
  const std::string before = read_file();
  Clean();
  EXPECT_EQ(read_file(), before);
  EXPECT_EQ(FileSystem::Real().List(PartitionDirectory(place_.path(), kPartition))->size(),
            static_cast<std::size_t>(SegmentCount()))
      << "nothing half done is left";
}

TEST_F(CompactionTest, ReadersGoOnWhileSegmentsAreRewrittenUnderThem) {
  std::atomic<bool> done = false;
  const auto read_again_and_again = [&](std::size_t max_bytes) {
    Offset last = kNoOffset;
    for (Offset next = 0; !done;) {
      const auto read = store_->Read(kPartition, next, {max_bytes});
      ASSERT_TRUE(read.has_value()) << read.error().message;
      std::string bytes;
      for (const SharedBytes& fragment : read->fragments) bytes.append(fragment.view());
      for (std::string_view rest = bytes; !rest.empty();) {
        const auto batch = TakeBatch(rest);
        ASSERT_TRUE(batch.has_value()) << batch.error().message;
        ASSERT_TRUE(BatchCrcMatches(*batch));
        auto reader = RecordBatchReader::Open(*batch);
        for (RecordView record; reader->Next(&record);) {
          if (record.offset < next) continue;
          ASSERT_GT(record.offset, last);
          last = record.offset;
          ASSERT_EQ(record.value->substr(0, record.value->find('.')),
                    std::to_string(record.offset));
        }
      }
      next = read->next_offset;
      if (read->bytes > 0) continue;
      next = 0;
      last = kNoOffset;
    }
  };
  std::vector<std::thread> readers;
  for (const std::size_t max_bytes : {1u, 500u, 1u << 20}) {
    readers.emplace_back(read_again_and_again, max_bytes);
  }
  std::thread seeker([&] {
    while (!done) {
      const Offset end = store_->Ends(kPartition)->visible;
      for (Offset from = 0; from < end; from += 17) {
        const auto read = store_->Read(kPartition, from, {1});
        ASSERT_TRUE(read.has_value()) << read.error().message;
        ASSERT_TRUE(store_->OffsetForTime(kPartition, time_.Wall() - 5).has_value());
      }
    }
  });
  for (int i = 0; i < 600; ++i) {
    time_.Pass(milliseconds(1));
    PutOne("key" + std::to_string(i * i % 23), std::to_string(i));
    if (i % 20 == 19) Clean();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  seeker.join();
}

TEST_F(CompactionTest, AppendsAndCompactionDoNotDisturbEachOther) {
  LocalLogStoreOptions options;
  options.cleanup_interval = milliseconds(1);
  store_.reset();
  store_ = place_.Open(options);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 2'000; ++i) {
    const std::string key = "key" + std::to_string(i % 13);
    const std::string value = std::to_string(i) + std::string(kValueBytes, '.');
    Put({{key, value}});
    expected[key] = value;
  }
  Fill(1);
  while (SizeBytes() > 20'000) std::this_thread::yield();
  const auto state = Replay(ReadAll());
  for (const auto& [key, value] : expected) EXPECT_EQ(state.at(key), value);
  EXPECT_TRUE(store_->Close().has_value());
}

TEST_F(CompactionTest, ALogMayBeRemovedWhileItIsCompacted) {
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 300; ++i) PutOne("key" + std::to_string(i % 50), std::to_string(i));
    std::thread cleaner([&] { Clean(); });
    EXPECT_TRUE(store_->Remove({kPartition}).has_value());
    cleaner.join();
    EXPECT_FALSE(FileSystem::Real().Exists(PartitionDirectory(place_.path(), kPartition)).value());
    ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
    EXPECT_EQ(store_->Ends(kPartition)->log_end, 0);
  }
}

}  // namespace
}  // namespace strata::storage
