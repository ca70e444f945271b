// Idempotent producers over a real store: what is answered when, and what survives.
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/batch/producer_sequence.h"
#include "storage/log/log_state.h"
#include "storage/log/producers/producer_codec.h"
#include "storage/log/state_codec.h"
#include "storage/rocks/rocks_batch.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"
#include "tests/support/sequenced_batch.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::Append;
using strata::testing::Gate;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::Operation;
using strata::testing::ReadAll;
using strata::testing::SendAppend;
using strata::testing::SequencedBatch;
using strata::testing::Sequencing;
using strata::testing::SimulatedFileSystem;

constexpr PartitionId kPartition{1, 0};

class StoreProducersTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    LocalLogStoreOptions options;
    options.note_interval = note_interval_;
    options.producer_limits = limits_;
    store_ = place_.Open(options);
    const auto opened = store_->Open(kPartition, log_options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }

  void StopCleanly() {
    ASSERT_TRUE(store_->Close().has_value());
    store_.reset();
  }
  // As kill -9: what was written is there.
  void Crash() { store_.reset(); }
  // What was not flushed is gone.
  void CutPower() {
    files_.CutPowerAt(0);
    files_.LetOldProcessEnd();
    store_.reset();
    place_.CloseDatabases();
    files_.RestartWithoutUnsynced();
  }

  // The next operations of this kind on the logs fail; the databases are spared.
  void FailNext(Operation operation, ErrorCode code = ErrorCode::IO_ERROR, bool for_good = false) {
    files_.Plan({operation, 1, code, for_good, "/topics/"});
  }

  // The flushes of logs wait at the gate.
  void HoldFlushes(Gate* gate) {
    files_.SetHook([gate](Operation operation, const std::string& path) {
      if (operation == Operation::kSync && path.find("/topics/") != path.npos) gate->Pass();
      return Ok();
    });
  }

  // "new at 5", "again at 5", or the reason of the refusal.
  static std::string Told(const Result<AppendResult>& result) {
    if (!result) return std::string(ErrorName(result.error().code));
    return (result->duplicate ? "again at " : "new at ") + std::to_string(result->base_offset);
  }

  std::string Send(const Sequencing& sequencing, int count = 1,
                   Durability durability = Durability::kFsync) {
    return Told(Append(*store_, kPartition, SequencedBatch(sequencing, count), durability));
  }

  // How many records there are, after checking that each is there once.
  std::size_t RecordCount() {
    std::set<std::string> values;
    const auto records = ReadAll(*store_, kPartition, store_->Ends(kPartition)->log_start);
    for (const auto& record : records) {
      EXPECT_TRUE(values.insert(record.value).second) << record.value << " is there twice";
    }
    return records.size();
  }

  // What is noted of the producers in the database. The store must be gone.
  std::optional<ProducerSnapshot> Note() {
    place_.OpenDatabases();
    const auto value = place_.state().Get(place_.state().Family(kLogStateFamily),
                                          state_codec::ProducersKey(kPartition));
    if (!*value) return std::nullopt;
    return *DecodeProducers(**value);
  }

  void SetNote(const std::optional<std::string>& note) {
    place_.OpenDatabases();
    RocksBatch batch;
    const RocksFamily family = place_.state().Family(kLogStateFamily);
    if (note) {
      batch.Put(family, state_codec::ProducersKey(kPartition), *note);
    } else {
      batch.Delete(family, state_codec::ProducersKey(kPartition));
    }
    ASSERT_TRUE(place_.state().Write(batch, /*sync=*/true).has_value());
  }

  // Three producers over several segments; the next sequence of each is 20.
  void WriteSegments() {
    log_options_.segment_bytes = 2'000;
    ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
    for (std::int32_t sequence = 0; sequence < 20; ++sequence) {
      for (const std::int64_t id : {1, 2, 3}) {
        ASSERT_THAT(Send({id, 0, sequence}), ::testing::StartsWith("new"));
      }
    }
    ASSERT_GE(store_->Status(kPartition)->segment_count, 3);
  }

  void ExpectAllKnownAfterSegments() {
    EXPECT_EQ(Send({1, 0, 19}), "again at 57");
    EXPECT_EQ(Send({3, 0, 10}), "again at 32");
    EXPECT_EQ(Send({2, 0, 21}), "OUT_OF_ORDER_SEQUENCE");
    EXPECT_EQ(Send({2, 0, 20}), "new at 60");
    EXPECT_EQ(RecordCount(), 61U);
  }

  LogOptions log_options_;
  ProducerLimits limits_;
  std::chrono::milliseconds note_interval_{1000};
  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::unique_ptr<LogStore> store_;
};

TEST_F(StoreProducersTest, ARetryIsStoredOnceAndToldWhere) {
  EXPECT_EQ(Send({7, 0, 0}, 3), "new at 0");
  EXPECT_EQ(Send({7, 0, 3}), "new at 3");
  EXPECT_EQ(Send({7, 0, 0}, 3), "again at 0");
  EXPECT_EQ(Send({7, 0, 3}), "again at 3");
  EXPECT_EQ(RecordCount(), 4U);
}

TEST_F(StoreProducersTest, GapsAndZombiesAreRefusedAndLeaveNoTrace) {
  EXPECT_EQ(Send({7, 1, 0}), "new at 0");
  EXPECT_EQ(Send({7, 1, 2}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Send({7, 0, 1}), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Send({8, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Send({7, 1, 1}), "new at 1");
  EXPECT_EQ(RecordCount(), 2U);
}

TEST_F(StoreProducersTest, BatchesWithoutProducerMayRepeat) {
  EXPECT_EQ(Told(Append(*store_, kPartition, MakeBatch({"a"}))), "new at 0");
  EXPECT_EQ(Told(Append(*store_, kPartition, MakeBatch({"a"}))), "new at 1");
}

TEST_F(StoreProducersTest, PartitionsCountApart) {
  const PartitionId other{1, 1};
  ASSERT_TRUE(store_->Open(other, log_options_).has_value());
  EXPECT_EQ(Send({7, 0, 0}), "new at 0");
  EXPECT_EQ(Told(Append(*store_, other, SequencedBatch({7, 0, 0}))), "new at 0");
}

TEST_F(StoreProducersTest, ARetryWaitsForTheFlushOfItsOriginal) {
  Gate gate;
  HoldFlushes(&gate);
  Acks acks;
  SendAppend(*store_, kPartition, SequencedBatch({7, 0, 0}), Durability::kFsync, acks.Expect());
  gate.WaitForArrival();  // it is written
  for (int i = 0; i < 2; ++i) {
    SendAppend(*store_, kPartition, SequencedBatch({7, 0, 0}), Durability::kFsync, acks.Expect());
  }
  EXPECT_EQ(acks.count(), 0U);
  gate.Open();
  const auto results = acks.Wait(3);
  EXPECT_EQ(Told(results[0]), "new at 0");
  EXPECT_EQ(Told(results[1]), "again at 0");
  EXPECT_EQ(Told(results[2]), "again at 0");
}

TEST_F(StoreProducersTest, ARetryThatAsksForMoreFlushesItsOriginal) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  EXPECT_EQ(Send({7, 0, 0}, 1, Durability::kOs), "new at 0");
  EXPECT_EQ(store_->Ends(kPartition)->stable, 0);
  EXPECT_EQ(Send({7, 0, 0}, 1, Durability::kOs), "again at 0");
  EXPECT_EQ(store_->Ends(kPartition)->stable, 0);
  EXPECT_EQ(Send({7, 0, 0}, 1, Durability::kFsync), "again at 0");
  EXPECT_EQ(store_->Ends(kPartition)->stable, 1);
}

// One round of the writer takes all of them: the checks see what is ahead in the queue.
TEST_F(StoreProducersTest, WhatIsAheadInTheQueueCounts) {
  Gate gate;
  HoldFlushes(&gate);
  Acks first;
  SendAppend(*store_, kPartition, MakeBatch({"holds the writer"}), Durability::kFsync,
             first.Expect());
  gate.WaitForArrival();
  Acks acks;
  const auto send = [&](const Sequencing& sequencing, int count = 1) {
    SendAppend(*store_, kPartition, SequencedBatch(sequencing, count), Durability::kFsync,
               acks.Expect());
  };
  send({7, 0, 0}, 2);
  send({7, 0, 0}, 2);
  send({7, 0, 2});
  send({7, 0, 2});
  send({7, 1, 0});
  send({7, 1, 0});
  send({7, 1, 1});
  gate.Open();
  std::vector<std::string> told;
  for (const auto& result : acks.Wait(7)) told.push_back(Told(result));
  EXPECT_THAT(told, ::testing::ElementsAre("new at 1", "again at 1", "new at 3", "again at 3",
                                           "new at 4", "again at 4", "new at 5"));
  EXPECT_EQ(RecordCount(), 6U);
}

TEST_F(StoreProducersTest, ARefusalOfTheDiskLeavesNoTrace) {
  EXPECT_EQ(Send({7, 0, 0}), "new at 0");
  FailNext(Operation::kAllocate, ErrorCode::DISK_FULL, /*for_good=*/true);
  const std::string large = SequencedBatch({7, 0, 1}, 1, /*padding=*/1 << 20);
  EXPECT_EQ(Told(Append(*store_, kPartition, large)), "DISK_FULL");
  EXPECT_EQ(Send({7, 0, 2}), "OUT_OF_ORDER_SEQUENCE");
  files_.Heal();
  EXPECT_EQ(Told(Append(*store_, kPartition, large)), "new at 1");
  EXPECT_EQ(Send({7, 0, 2}), "new at 2");
}

TEST_F(StoreProducersTest, APoisonedLogAnswersNoRetryUntilItIsOpenedAnew) {
  EXPECT_EQ(Send({7, 0, 0}), "new at 0");
  FailNext(Operation::kSync);
  EXPECT_EQ(Send({7, 0, 1}), "LOG_POISONED");
  EXPECT_EQ(Send({7, 0, 0}), "LOG_POISONED");
  EXPECT_EQ(Send({7, 0, 1}), "LOG_POISONED");
  Crash();
  files_.Heal();
  Start();
  // It was written, and the flush at the start has made it durable.
  EXPECT_EQ(Send({7, 0, 1}), "again at 1");
  EXPECT_EQ(Send({7, 0, 2}), "new at 2");
}

TEST_F(StoreProducersTest, APoisonedWriteIsNotRemembered) {
  EXPECT_EQ(Send({7, 0, 0}), "new at 0");
  FailNext(Operation::kWrite);
  EXPECT_EQ(Send({7, 0, 1}), "LOG_POISONED");
  Crash();
  files_.Heal();
  Start();
  EXPECT_EQ(Send({7, 0, 1}), "new at 1");
  EXPECT_EQ(RecordCount(), 2U);
}

TEST_F(StoreProducersTest, ProducersAreKnownAfterACleanStopWithoutReadingTheLog) {
  WriteSegments();
  StopCleanly();
  std::atomic<int> reads = 0;
  files_.SetHook([&](Operation operation, const std::string& path) {
    if (operation == Operation::kRead && path.find("/topics/") != path.npos) ++reads;
    return Ok();
  });
  Start();
  EXPECT_EQ(reads, 1) << "one look behind the end";
  files_.Heal();
  ExpectAllKnownAfterSegments();
}

TEST_F(StoreProducersTest, ProducersAreKnownAfterACrash) {
  WriteSegments();
  Crash();
  Start();
  ExpectAllKnownAfterSegments();
}

TEST_F(StoreProducersTest, ProducersAreKnownAfterAPowerCut) {
  WriteSegments();
  CutPower();
  Start();
  ExpectAllKnownAfterSegments();
}

TEST_F(StoreProducersTest, ALogWithoutANoteIsReadAnew) {
  WriteSegments();
  StopCleanly();
  SetNote(std::nullopt);
  Start();
  ExpectAllKnownAfterSegments();
}

TEST_F(StoreProducersTest, WhatLiesBehindDamageIsReadAnewToo) {
  for (std::int32_t sequence = 0; sequence < 5; ++sequence) {
    ASSERT_THAT(Send({7, 0, sequence}), ::testing::StartsWith("new"));
  }
  StopCleanly();
  SetNote(std::nullopt);
  const std::string path = place_.SegmentPath(kPartition, 0);
  std::string content = files_.Contents(path);
  content.replace(2 * SequencedBatch({7, 0, 0}).size(), 20, 20, '\xff');
  files_.SetContents(path, content);
  Start();
  EXPECT_EQ(Send({7, 0, 4}), "again at 4");
  EXPECT_EQ(Send({7, 0, 5}), "new at 5");
}

TEST_F(StoreProducersTest, ANoteThatIsAheadOfTheLogIsDroppedForGood) {
  WriteSegments();
  StopCleanly();
  const ProducerSnapshot ahead{61, {{1, 0, std::chrono::milliseconds(0), {{500, 500, 60}}}}};
  SetNote(EncodeProducers(ahead));
  log_options_.segment_bytes = 1 << 20;  // no segment is sealed, and so no newer note is made
  Start();
  ExpectAllKnownAfterSegments();  // and has 61 records now, as the note had said
  Crash();
  Start();
  EXPECT_EQ(Send({2, 0, 20}), "again at 60");
  EXPECT_EQ(Send({1, 0, 501}), "OUT_OF_ORDER_SEQUENCE");
}

TEST_F(StoreProducersTest, ADamagedNoteIsReportedAndLeftAlone) {
  EXPECT_EQ(Send({7, 0, 0}), "new at 0");
  StopCleanly();
  SetNote("?");
  LocalLogStoreOptions options;
  store_ = place_.Open(options);
  EXPECT_EQ(store_->Open(kPartition, log_options_).error().code, ErrorCode::CORRUPT_LOG);
}

TEST_F(StoreProducersTest, WhatWasLostWithThePowerIsForgottenToo) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  EXPECT_EQ(Send({7, 0, 0}, 1, Durability::kFsync), "new at 0");
  EXPECT_EQ(Send({7, 0, 1}, 1, Durability::kOs), "new at 1");
  CutPower();
  Start();
  EXPECT_EQ(Send({7, 0, 2}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Send({7, 0, 1}), "new at 1");
}

TEST_F(StoreProducersTest, ASealedSegmentMayGoWithoutItsProducersBeingForgotten) {
  WriteSegments();
  Crash();
  const auto note = Note();
  ASSERT_TRUE(note.has_value());
  Start();
  ASSERT_EQ(store_->Trim(kPartition, note->as_of).value(), note->as_of);
  Crash();
  Start();
  EXPECT_EQ(Send({1, 0, 19}), "again at 57");
  EXPECT_EQ(Send({2, 0, 19}), "again at 58");
  EXPECT_EQ(Send({3, 0, 19}), "again at 59");
}

TEST_F(StoreProducersTest, NotesFollowTheLogWhileItGrowsSoThatACrashLeavesOnlyTheTailToRead) {
  Crash();
  note_interval_ = std::chrono::milliseconds(0);
  Start();
  constexpr std::size_t kPadding = 30'000;
  for (std::int32_t i = 0; i < 40; ++i) {
    const std::string batch = SequencedBatch({7, 0, i}, 1, kPadding);
    ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  }
  Crash();
  const auto note = Note();
  ASSERT_TRUE(note.has_value());
  EXPECT_GE(note->as_of, 35);
  EXPECT_LE(note->as_of, 40);
}

TEST_F(StoreProducersTest, ANoteThatTheDiskHasRefusedIsWrittenByACleanStop) {
  Crash();
  note_interval_ = std::chrono::milliseconds(0);
  Start();
  files_.Plan({Operation::kWrite, 1, ErrorCode::IO_ERROR, true, "/meta/"});
  constexpr std::size_t kPadding = 100'000;  // so much that a note is due
  const std::string batch = SequencedBatch({7, 0, 0}, 1, kPadding);
  ASSERT_EQ(Told(Append(*store_, kPartition, batch)), "new at 0");
  // Notes come behind the acks, and before the next round.
  ASSERT_EQ(Told(Append(*store_, kPartition, batch)), "again at 0");
  ASSERT_GT(files_.injected(), 0u);
  files_.Heal();
  ASSERT_TRUE(place_.state().Reopen().has_value());
  StopCleanly();
  const auto note = Note();
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->as_of, 1);
}

TEST_F(StoreProducersTest, ANoteOfASealedSegmentThatTheDiskHasRefusedIsWrittenWithTheNextFlush) {
  Crash();
  note_interval_ = std::chrono::hours(1);
  log_options_.segment_bytes = 1;
  Start();
  ASSERT_EQ(Send({7, 0, 0}), "new at 0");
  files_.Plan({Operation::kWrite, 1, ErrorCode::IO_ERROR, true, "/meta/"});
  ASSERT_EQ(Send({7, 0, 1}), "new at 1");
  ASSERT_GT(files_.injected(), 0u);
  files_.Heal();
  ASSERT_TRUE(place_.state().Reopen().has_value());
  log_options_.segment_bytes = 1 << 20;
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_EQ(Send({7, 0, 2}), "new at 2");
  Crash();
  const auto note = Note();
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->as_of, 3);
}

TEST_F(StoreProducersTest, ANoteSpeaksOfNothingThatAPowerCutMayTake) {
  log_options_.segment_bytes = 1;  // each batch has a segment of its own
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_EQ(Send({7, 0, 0}), "new at 0");
  ASSERT_EQ(Send({8, 0, 0}), "new at 1");
  ASSERT_EQ(store_->Trim(kPartition, 1), 1);
  // The round that comes next has sealed a segment, and noted its producers, before its flush.
  Gate first_round;
  std::atomic<int> rounds = 0;
  files_.SetHook([&](Operation operation, const std::string& path) -> Result<void> {
    if (operation != Operation::kSyncDirectory || path.find("/topics/") == path.npos) return Ok();
    if (++rounds == 1) first_round.Pass();
    if (rounds != 2) return Ok();
    RocksBatch nothing;
    nothing.Put(place_.state().Family(kLogStateFamily), "something", "else");
    EXPECT_TRUE(place_.state().Write(nothing, /*sync=*/true).has_value());
    files_.CutPowerAt(0);
    return Ok();
  });
  Acks acks;
  const auto send = [&](std::int32_t sequence) {
    SendAppend(*store_, kPartition, SequencedBatch({8, 0, sequence}, 1), Durability::kFsync,
               acks.Expect());
  };
  send(1);
  first_round.WaitForArrival();
  for (const std::int32_t sequence : {2, 3}) send(sequence);
  first_round.Open();
  ASSERT_EQ(Told(acks.Wait(3).front()), "new at 2");
  CutPower();
  Start();
  EXPECT_EQ(Send({7, 0, 0}), "again at 0");
  EXPECT_EQ(Send({7, 0, 1}), "new at 3");
}

TEST_F(StoreProducersTest, WhatAStartHasReadInSealedSegmentsIsNotedBeforeTheyMayGo) {
  WriteSegments();
  Crash();
  SetNote(std::nullopt);
  Start();
  const Offset end = store_->Ends(kPartition)->stable;
  ASSERT_EQ(store_->Trim(kPartition, end), end);
  Crash();
  Start();
  EXPECT_EQ(Send({1, 0, 19}), "again at 57");
  EXPECT_EQ(Send({2, 0, 20}), "new at 60");
}

TEST_F(StoreProducersTest, ALogWithoutProducersIsNotReadForThem) {
  Crash();
  note_interval_ = std::chrono::milliseconds(0);
  Start();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({std::string(30'000, 'x')})).has_value());
  }
  Crash();
  const auto note = Note();
  ASSERT_TRUE(note.has_value());
  EXPECT_GE(note->as_of, 35);
}

TEST_F(StoreProducersTest, ManyProducersAreBounded) {
  Crash();
  limits_.max_producers = 2;
  Start();
  EXPECT_EQ(Send({1, 0, 0}), "new at 0");
  EXPECT_EQ(Send({2, 0, 0}), "new at 1");
  EXPECT_EQ(Send({3, 0, 0}), "new at 2");
  EXPECT_EQ(Send({1, 0, 1}), "OUT_OF_ORDER_SEQUENCE");
  EXPECT_EQ(Send({2, 0, 1}), "new at 3");
}

TEST_F(StoreProducersTest, AFenceShutsOutOlderEpochsInEveryPartition) {
  const PartitionId other{1, 1};
  ASSERT_TRUE(store_->Open(other, log_options_).has_value());
  EXPECT_EQ(Send({7, 3, 0}), "new at 0");
  const std::vector<ProducerFence> fences{{7, 4}, {8, 1}};
  store_->FenceProducers(fences);
  EXPECT_EQ(Send({7, 3, 1}), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Send({7, 3, 0}), "STALE_PRODUCER_EPOCH") << "not even as a retry";
  EXPECT_EQ(Told(Append(*store_, other, SequencedBatch({7, 3, 0}))), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Told(Append(*store_, other, SequencedBatch({7, 4, 0}))), "new at 0");
  EXPECT_EQ(Send({8, 0, 0}), "STALE_PRODUCER_EPOCH");
  EXPECT_EQ(Send({9, 0, 0}), "new at 1");
}

TEST_F(StoreProducersTest, AFenceIsNeverLowered) {
  store_->FenceProducers(std::vector<ProducerFence>{{7, 4}});
  store_->FenceProducers(std::vector<ProducerFence>{{7, 2}});
  EXPECT_EQ(Send({7, 3, 0}), "STALE_PRODUCER_EPOCH");
}

TEST_F(StoreProducersTest, AFenceWaitsUntilWhatCameBeforeIsVisible) {
  Gate gate;
  HoldFlushes(&gate);
  Acks acks;
  SendAppend(*store_, kPartition, SequencedBatch({7, 0, 0}), Durability::kFsync, acks.Expect());
  gate.WaitForArrival();
  std::atomic<bool> fenced = false;
  std::thread fence([&] {
    store_->FenceProducers(std::vector<ProducerFence>{{7, 1}});
    fenced = true;
    EXPECT_GE(store_->Ends(kPartition)->visible, 1);
  });
  SendAppend(*store_, kPartition, SequencedBatch({7, 1, 0}), Durability::kFsync, acks.Expect());
  EXPECT_FALSE(fenced);
  gate.Open();
  fence.join();
  const auto results = acks.Wait(2);
  EXPECT_EQ(Told(results[0]), "new at 0");
  EXPECT_EQ(Told(results[1]), "new at 1");
}

}  // namespace
}  // namespace strata::storage
