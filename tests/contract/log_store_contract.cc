#include "tests/contract/log_store_contract.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/cut_bytes.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/sequenced_batch.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::Append;
using strata::testing::CutAt;
using strata::testing::Gate;
using strata::testing::Join;
using strata::testing::MakeBatch;
using strata::testing::MakeBatchOfSize;
using strata::testing::ReadAll;
using strata::testing::ReadRecord;
using strata::testing::RecordsIn;
using strata::testing::SendAppend;
using strata::testing::SequencedBatch;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PartitionId kElsewhere{7, 99};

template <class T>
ErrorCode CodeOf(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::INTERNAL : result.error().code;
}

void ExpectEnds(const LogEnds& ends, Offset log_start, Offset stable, Offset log_end) {
  EXPECT_EQ(ends.log_start, log_start);
  EXPECT_EQ(ends.stable, stable);
  EXPECT_EQ(ends.log_end, log_end);
  EXPECT_LE(ends.log_start, ends.stable);
  EXPECT_LE(ends.stable, ends.log_end);
  EXPECT_LE(ends.visible, ends.log_end);
}

}  // namespace

TEST_P(LogStoreContract, ANewLogIsEmpty) {
  ExpectEnds(store_->Ends(kPartition).value(), 0, 0, 0);
  const auto read = store_->Read(kPartition, 0, {}).value();
  EXPECT_THAT(read.fragments, IsEmpty());
  EXPECT_EQ(read.next_offset, 0);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 5).value(), 0);
  const auto status = store_->Status(kPartition).value();
  EXPECT_EQ(status.size_bytes, 0);
  EXPECT_TRUE(status.health.has_value());
}

TEST_P(LogStoreContract, APartitionThatIsNotOpenIsUnknownEverywhere) {
  EXPECT_EQ(CodeOf(Append(*store_, kElsewhere, MakeBatch({"a"}))), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->Read(kElsewhere, 0, {})), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(*store_->ReadCached(kElsewhere, 0, {})), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->OffsetForTime(kElsewhere, 0)), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->Trim(kElsewhere, 0)), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->Ends(kElsewhere)), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->Status(kElsewhere)), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->Configure(kElsewhere, {})), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(store_->NotifyBeyond(kElsewhere, 0, [] {})), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_TRUE(store_->Remove({kElsewhere}).has_value());
}

TEST_P(LogStoreContract, OffsetsAreDenseFromZero) {
  const auto first = Append(*store_, kPartition, MakeBatch({"a", "b", "c"})).value();
  EXPECT_EQ(first.base_offset, 0);
  EXPECT_EQ(first.durability, Durability::kFsync);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"d"})).value().base_offset, 3);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"e"})).value().base_offset, 4);
  ExpectEnds(store_->Ends(kPartition).value(), 0, 5, 5);
  EXPECT_THAT(ReadAll(*store_, kPartition, 0),
              ElementsAre(ReadRecord{0, "a"}, ReadRecord{1, "b"}, ReadRecord{2, "c"},
                          ReadRecord{3, "d"}, ReadRecord{4, "e"}));
}

TEST_P(LogStoreContract, WhatIsAckedWithFsyncIsVisibleAtOnce) {
  for (int i = 0; i < 50; ++i) {
    const Offset offset = Append(*store_, kPartition, MakeBatch({"v"})).value().base_offset;
    const LogEnds ends = store_->Ends(kPartition).value();
    EXPECT_GT(ends.stable, offset);
    EXPECT_GT(ends.visible, offset);
  }
}

TEST_P(LogStoreContract, AcksOfEqualDurabilityComeInTheOrderOfTheAppends) {
  Acks acks;
  for (int i = 0; i < 200; ++i) {
    SendAppend(*store_, kPartition, MakeBatch({"v"}), Durability::kFsync, acks.Expect());
  }
  const auto results = acks.Wait(200);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(results[i].value().base_offset, i);
}

TEST_P(LogStoreContract, ARetryOfAProducerIsAppendedOnceWhateverHappensInBetween) {
  for (const bool clean : {true, false}) {
    const std::int64_t id = clean ? 1 : 2;
    const Offset base = store_->Ends(kPartition)->log_end;
    EXPECT_EQ(Append(*store_, kPartition, SequencedBatch({id, 0, 0}, 3))->base_offset, base);
    EXPECT_EQ(Append(*store_, kPartition, SequencedBatch({id, 0, 3}))->base_offset, base + 3);
    Restart(clean);
    const auto retry = Append(*store_, kPartition, SequencedBatch({id, 0, 0}, 3)).value();
    EXPECT_EQ(retry.base_offset, base);
    EXPECT_EQ(retry.durability, Durability::kFsync);
    EXPECT_TRUE(retry.duplicate);
    EXPECT_EQ(store_->Ends(kPartition)->log_end, base + 4);
  }
}

TEST_P(LogStoreContract, ABatchOfAProducerThatIsOutOfOrderIsRefusedWhateverHappensInBetween) {
  ASSERT_TRUE(Append(*store_, kPartition, SequencedBatch({1, 1, 0})).has_value());
  for (const bool clean : {true, false}) {
    Restart(clean);
    EXPECT_EQ(CodeOf(Append(*store_, kPartition, SequencedBatch({1, 1, 2}))),
              ErrorCode::OUT_OF_ORDER_SEQUENCE);
    EXPECT_EQ(CodeOf(Append(*store_, kPartition, SequencedBatch({2, 0, 1}))),
              ErrorCode::OUT_OF_ORDER_SEQUENCE);
    EXPECT_EQ(CodeOf(Append(*store_, kPartition, SequencedBatch({1, 0, 1}))),
              ErrorCode::STALE_PRODUCER_EPOCH);
    EXPECT_EQ(store_->Ends(kPartition)->log_end, 1);
  }
}

TEST_P(LogStoreContract, AFenceShutsOutLowerEpochsInEveryPartition) {
  const std::vector<ProducerFence> fences{{1, 5}};
  store_->FenceProducers(fences);
  EXPECT_EQ(CodeOf(Append(*store_, kPartition, SequencedBatch({1, 4, 0}))),
            ErrorCode::STALE_PRODUCER_EPOCH);
  EXPECT_TRUE(Append(*store_, kPartition, SequencedBatch({1, 5, 0})).has_value());
  EXPECT_TRUE(Append(*store_, kPartition, SequencedBatch({2, 0, 0})).has_value());
}

TEST_P(LogStoreContract, AReadBeginsWithTheBatchThatContainsTheOffset) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b", "c", "d"})).has_value());
  const auto read = store_->Read(kPartition, 2, {}).value();
  EXPECT_THAT(RecordsIn(Join(read)),
              ElementsAre(ReadRecord{1, "b"}, ReadRecord{2, "c"}, ReadRecord{3, "d"}));
  EXPECT_EQ(read.next_offset, 4);
}

TEST_P(LogStoreContract, AReadStopsBeforeTheBatchThatWouldExceedTheLimit) {
  const std::string batch = MakeBatchOfSize(1000);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  for (const bool cached : {true, false}) {
    if (!cached) Restart(/*clean=*/true);
    const auto read = store_->Read(kPartition, 1, {2 * batch.size() + 1}).value();
    EXPECT_EQ(read.bytes, 2 * batch.size());
    EXPECT_EQ(Join(read).size(), read.bytes);
    EXPECT_EQ(read.next_offset, 3);
  }
}

TEST_P(LogStoreContract, TheFirstBatchIsReturnedHoweverLarge) {
  const std::string batch = MakeBatchOfSize(300'000);
  ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  for (const bool cached : {true, false}) {
    if (!cached) Restart(/*clean=*/true);
    const auto read = store_->Read(kPartition, 1, {1}).value();
    EXPECT_EQ(read.bytes, batch.size());
    EXPECT_EQ(read.next_offset, 2);
  }
}

TEST_P(LogStoreContract, ReadingAtTheEndFindsNothingAndBeyondItIsAnError) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  EXPECT_EQ(store_->Read(kPartition, 1, {}).value().bytes, 0u);
  EXPECT_EQ(CodeOf(store_->Read(kPartition, 2, {})), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(CodeOf(store_->Read(kPartition, -1, {})), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(CodeOf(*store_->ReadCached(kPartition, 2, {})), ErrorCode::OFFSET_OUT_OF_RANGE);
}

TEST_P(LogStoreContract, CachedReadsSeeWhatWasAppendedLast) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a", "b"})).has_value());
  const auto read = store_->ReadCached(kPartition, 1, {});
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(RecordsIn(Join(read->value())), ElementsAre(ReadRecord{0, "a"}, ReadRecord{1, "b"}));
}

TEST_P(LogStoreContract, WithoutACacheReadsGoToTheDisk) {
  Restart(/*clean=*/true, {.tail_cache_bytes = 0});
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  EXPECT_FALSE(store_->ReadCached(kPartition, 0, {}).has_value());
  EXPECT_THAT(ReadAll(*store_, kPartition, 0), ElementsAre(ReadRecord{0, "a"}));
}

TEST_P(LogStoreContract, AFullCacheForgetsTheOldestFirst) {
  const std::string batch = MakeBatchOfSize(10'000);
  Restart(/*clean=*/true, {.tail_cache_bytes = 5 * batch.size()});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  EXPECT_FALSE(store_->ReadCached(kPartition, 0, {}).has_value());
  EXPECT_TRUE(store_->ReadCached(kPartition, 9, {}).has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 10u);
}

TEST_P(LogStoreContract, BytesComeBackAsTheyWereSentButForTheirPlacement) {
  const std::string batch = MakeBatch({"payload"});
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"before"})).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  const std::string cached = Join(store_->Read(kPartition, 1, {}).value());
  Restart(/*clean=*/true);
  EXPECT_EQ(Join(store_->Read(kPartition, 1, {}).value()), cached);
  EXPECT_EQ(cached.substr(kPlacementBytes), batch.substr(kPlacementBytes));
  EXPECT_EQ(ParseBatchHeader(cached).value().base_offset, 1);
}

TEST_P(LogStoreContract, ABatchInFragmentsComesBackWhereverItWasCut) {
  const std::string batch = MakeBatch({"first", "second"});
  const auto header = ParseBatchHeader(batch).value();
  Acks acks;
  for (std::size_t cut = 0; cut <= batch.size(); ++cut) {
    store_->Append(kPartition, header, CutAt(batch, {cut / 2, cut}), Durability::kFsync,
                   acks.Expect());
  }
  acks.WaitForCount(batch.size() + 1);
  const auto expect_all = [&] {
    for (std::size_t cut = 0; cut <= batch.size(); ++cut) {
      const auto read = store_->Read(kPartition, 2 * static_cast<Offset>(cut), {.max_bytes = 1});
      ASSERT_TRUE(read.has_value()) << read.error().message;
      ASSERT_EQ(Join(*read).substr(kPlacementBytes), batch.substr(kPlacementBytes)) << cut;
    }
  };
  expect_all();
  Restart(/*clean=*/true);
  expect_all();
}

TEST_P(LogStoreContract, AllIsThereAfterACleanStopAndAfterACrashOfTheProcess) {
  options_.segment_bytes = 500;
  std::vector<ReadRecord> expected;
  for (const bool clean : {true, false, true, true, false, false}) {
    Restart(clean);
    for (int i = 0; i < 20; ++i) {
      const std::string value = "v" + std::to_string(expected.size());
      const auto ack = Append(*store_, kPartition, MakeBatch({value})).value();
      expected.push_back({ack.base_offset, value});
      EXPECT_EQ(ack.base_offset, static_cast<Offset>(expected.size()) - 1);
    }
    EXPECT_EQ(ReadAll(*store_, kPartition, 0), expected);
  }
  Restart(/*clean=*/true);
  EXPECT_EQ(ReadAll(*store_, kPartition, 0), expected);
}

TEST_P(LogStoreContract, SegmentsRollBySize) {
  const std::string batch = MakeBatchOfSize(1000);
  options_.segment_bytes = static_cast<std::int64_t>(3 * batch.size());
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
  const auto status = store_->Status(kPartition).value();
  EXPECT_EQ(status.segment_count, 4);
  EXPECT_EQ(status.size_bytes, static_cast<std::int64_t>(10 * batch.size()));
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 10u);
}

TEST_P(LogStoreContract, SegmentsRollByAge) {
  options_.segment_age = std::chrono::milliseconds(0);
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"v"})).has_value());
  EXPECT_EQ(store_->Status(kPartition).value().segment_count, 3);
}

TEST_P(LogStoreContract, ABatchLargerThanASegmentHasOneOfItsOwn) {
  options_.segment_bytes = 100;
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatchOfSize(1000)).has_value());
  }
  EXPECT_EQ(store_->Status(kPartition).value().segment_count, 3);
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 3u);
}

TEST_P(LogStoreContract, AckWithOsIsReadableOnceFlushedEvenIfNothingElseComes) {
  Acks acks;
  SendAppend(*store_, kPartition, MakeBatch({"a"}), Durability::kOs, acks.Expect());
  const auto ack = acks.Wait(1).front().value();
  EXPECT_EQ(ack.base_offset, 0);
  EXPECT_GE(ack.durability, Durability::kOs);
  Acks visible;
  const auto ready = visible.Expect();
  ASSERT_TRUE(store_->NotifyBeyond(kPartition, 0, [&] { ready(AppendResult{}); }).has_value());
  visible.Wait(1);
  ExpectEnds(store_->Ends(kPartition).value(), 0, 1, 1);
}

TEST_P(LogStoreContract, TopicsThatOptOutShowWhatIsWrittenBeforeItIsFlushed) {
  options_.durability = Durability::kOs;
  options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kOs).has_value());
  const LogEnds ends = store_->Ends(kPartition).value();
  ExpectEnds(ends, 0, 0, 1);
  EXPECT_EQ(ends.visible, 1);
  EXPECT_THAT(ReadAll(*store_, kPartition, 0), ElementsAre(ReadRecord{0, "a"}));

  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b"}), Durability::kFsync).has_value());
  ExpectEnds(store_->Ends(kPartition).value(), 0, 2, 2);
}

TEST_P(LogStoreContract, TopicsThatOptOutAreFlushedWithinTheirInterval) {
  options_.durability = Durability::kNone;
  options_.flush_interval = std::chrono::milliseconds(1);
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kNone).has_value());
  while (store_->Ends(kPartition).value().stable < 1) std::this_thread::yield();
}

TEST_P(LogStoreContract, WhatWasVisibleStaysVisibleWhenATopicAsksForMoreSafety) {
  options_.durability = Durability::kOs;
  options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kOs).has_value());
  ASSERT_TRUE(store_->Configure(kPartition, LogOptions{}).has_value());
  EXPECT_EQ(store_->Ends(kPartition).value().visible, 1);
}

TEST_P(LogStoreContract, TimesLeadToTheFirstBatchThatReachesThem) {
  options_.segment_bytes = 300;
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  const std::vector<TimestampMs> times = {100, 300, 200, 900, 400, 500, 1000};
  for (const TimestampMs time : times) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"v"}, time)).has_value());
  }
  for (const bool restarted : {false, true}) {
    if (restarted) Restart(/*clean=*/false);
    for (TimestampMs time = 0; time <= 1100; time += 50) {
      Offset expected = 0;
      while (expected < 7 && times[static_cast<std::size_t>(expected)] < time) ++expected;
      EXPECT_EQ(store_->OffsetForTime(kPartition, time).value(), expected) << "time " << time;
    }
  }
}

TEST_P(LogStoreContract, AFarFutureTimestampDoesNotHideLaterOnesOnceItIsTrimmed) {
  for (const TimestampMs time :
       {std::int64_t{100}, std::int64_t{1} << 60, std::int64_t{200}, std::int64_t{300}}) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"v"}, time)).has_value());
  }
  EXPECT_EQ(store_->OffsetForTime(kPartition, 250).value(), 1);
  ASSERT_EQ(store_->Trim(kPartition, 2).value(), 2);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 250).value(), 3);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 1000).value(), 4);
}

TEST_P(LogStoreContract, TrimMovesTheLogStartAndDropsWholeSegments) {
  options_.segment_bytes = 100;
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatchOfSize(50)).has_value());
  }
  EXPECT_EQ(store_->Trim(kPartition, 4).value(), 4);
  EXPECT_EQ(store_->Trim(kPartition, 2).value(), 4) << "never down";
  EXPECT_EQ(store_->Status(kPartition).value().segment_count, 6);
  EXPECT_EQ(CodeOf(store_->Read(kPartition, 3, {})), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(ReadAll(*store_, kPartition, 4).size(), 6u);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 0).value(), 4);
  Restart(/*clean=*/false);
  ExpectEnds(store_->Ends(kPartition).value(), 4, 10, 10);
  EXPECT_EQ(ReadAll(*store_, kPartition, 4).size(), 6u);
}

TEST_P(LogStoreContract, TrimIsClippedToTheStableEndAndTheLogGoesOnFromThere) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a", "b"})).has_value());
  EXPECT_EQ(store_->Trim(kPartition, 1000).value(), 2);
  ExpectEnds(store_->Ends(kPartition).value(), 2, 2, 2);
  Restart(/*clean=*/true);
  ExpectEnds(store_->Ends(kPartition).value(), 2, 2, 2);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"c"})).value().base_offset, 2);
}

TEST_P(LogStoreContract, TrimInTheMiddleOfABatchHidesOnlyWhatIsBelow) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a", "b", "c"})).has_value());
  ASSERT_EQ(store_->Trim(kPartition, 1).value(), 1);
  EXPECT_EQ(CodeOf(store_->Read(kPartition, 0, {})), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_THAT(ReadAll(*store_, kPartition, 1), ElementsAre(ReadRecord{1, "b"}, ReadRecord{2, "c"}));
  EXPECT_EQ(store_->OffsetForTime(kPartition, 0).value(), 1);
}

TEST_P(LogStoreContract, AWaiterIsCalledOnceWhenTheLogGrowsBeyondItsOffset) {
  Acks called;
  const auto ready = called.Expect();
  const auto ticket = store_->NotifyBeyond(kPartition, 0, [&] { ready(AppendResult{}); }).value();
  EXPECT_NE(ticket, 0u);
  EXPECT_EQ(called.count(), 0u);
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  called.Wait(1);
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b"})).has_value());
  EXPECT_EQ(called.count(), 1u);
}

TEST_P(LogStoreContract, AWaiterForWhatIsThereIsCalledAtOnce) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  bool called = false;
  EXPECT_EQ(store_->NotifyBeyond(kPartition, 0, [&] { called = true; }).value(), 0u);
  EXPECT_TRUE(called);
}

TEST_P(LogStoreContract, ACancelledWaiterIsNotCalled) {
  bool called = false;
  const auto ticket = store_->NotifyBeyond(kPartition, 0, [&] { called = true; }).value();
  store_->CancelNotify(kPartition, ticket);
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  ASSERT_TRUE(store_->Close().has_value());
  store_.reset();
  EXPECT_FALSE(called);
}

TEST_P(LogStoreContract, WaitersAreCalledWhenTheLogIsRemovedAndWhenTheStoreCloses) {
  Acks called;
  const auto ready = called.Expect();
  ASSERT_TRUE(store_->NotifyBeyond(kPartition, 0, [&] { ready(AppendResult{}); }).has_value());
  ASSERT_TRUE(store_->Remove({kPartition}).has_value());
  called.Wait(1);
  ASSERT_TRUE(store_->Open(kPartition, options_).has_value());
  ASSERT_TRUE(store_->NotifyBeyond(kPartition, 0, [&] { ready(AppendResult{}); }).has_value());
  ASSERT_TRUE(store_->Close().has_value());
  called.Wait(2);
}

TEST_P(LogStoreContract, ARemovedLogIsGoneForGoodButReadersKeepWhatTheyHold) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  const auto held = store_->Read(kPartition, 0, {}).value();
  ASSERT_TRUE(store_->Remove({kPartition}).has_value());
  ASSERT_TRUE(store_->Remove({kPartition}).has_value());
  EXPECT_EQ(CodeOf(store_->Ends(kPartition)), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_EQ(CodeOf(Append(*store_, kPartition, MakeBatch({"b"}))), ErrorCode::UNKNOWN_PARTITION);
  EXPECT_THAT(RecordsIn(Join(held)), ElementsAre(ReadRecord{0, "a"}));
  Restart(/*clean=*/true);
  ExpectEnds(store_->Ends(kPartition).value(), 0, 0, 0);
}

TEST_P(LogStoreContract, LogsRemovedTogetherAreGoneAndTheirNeighboursAreNot) {
  constexpr TopicId kTopic = 77;
  for (std::int32_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_->Open({kTopic, i}, options_).has_value());
    ASSERT_TRUE(Append(*store_, {kTopic, i}, MakeBatch({"a"})).has_value());
  }
  ASSERT_TRUE(store_->Remove({{kTopic, 3}, {kTopic, 0}, {kTopic, 1}, {kTopic, 9}}).has_value());
  Restart(/*clean=*/true);
  for (const std::int32_t kept : {2, 4}) {
    ASSERT_TRUE(store_->Open({kTopic, kept}, options_).has_value());
    ExpectEnds(store_->Ends({kTopic, kept}).value(), 0, 1, 1);
  }
  for (const std::int32_t gone : {0, 1, 3}) {
    EXPECT_EQ(CodeOf(store_->Ends({kTopic, gone})), ErrorCode::UNKNOWN_PARTITION);
    ASSERT_TRUE(store_->Open({kTopic, gone}, options_).has_value());
    ExpectEnds(store_->Ends({kTopic, gone}).value(), 0, 0, 0);
  }
}

TEST_P(LogStoreContract, TooManyQueuedBytesAreRefused) {
  const std::string batch = MakeBatchOfSize(100'000);
  Restart(/*clean=*/true, {.max_queued_bytes = 2 * batch.size()});
  // Whoever is told holds up everything behind it.
  Gate told;
  SendAppend(*store_, kPartition, batch, Durability::kFsync,
             [&](const Result<AppendResult>&) { told.Pass(); });
  told.WaitForArrival();
  Acks acks;
  for (int i = 0; i < 5; ++i) {
    SendAppend(*store_, kPartition, batch, Durability::kFsync, acks.Expect());
  }
  told.Open();
  std::vector<Offset> accepted;
  for (const auto& result : acks.Wait(5)) {
    if (result) {
      accepted.push_back(result->base_offset);
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::OVERLOADED);
    }
  }
  EXPECT_THAT(accepted, ElementsAre(1, 2));
  EXPECT_EQ(store_->Ends(kPartition).value().log_end, 3);
  EXPECT_TRUE(Append(*store_, kPartition, batch).has_value());
}

TEST_P(LogStoreContract, CloseFinishesWhatIsQueuedAndRefusesTheRest) {
  Acks acks;
  for (int i = 0; i < 50; ++i) {
    SendAppend(*store_, kPartition, MakeBatch({"v"}), Durability::kFsync, acks.Expect());
  }
  ASSERT_TRUE(store_->Close().has_value());
  ASSERT_TRUE(store_->Close().has_value());
  for (const auto& result : acks.Wait(50)) EXPECT_TRUE(result.has_value());
  EXPECT_EQ(CodeOf(Append(*store_, kPartition, MakeBatch({"w"}))), ErrorCode::SHUTTING_DOWN);
  store_.reset();
  store_ = backend_->Open({});
  ASSERT_TRUE(store_->Open(kPartition, options_).has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 50u);
}

TEST_P(LogStoreContract, EveryAppendIsAnsweredWhenTheStoreGoesAway) {
  Acks acks;
  for (int i = 0; i < 500; ++i) {
    SendAppend(*store_, kPartition, MakeBatch({"v"}), Durability::kFsync, acks.Expect());
  }
  store_.reset();
  EXPECT_EQ(acks.count(), 500u);
  std::size_t acked = 0;
  for (const auto& result : acks.Wait(500)) acked += result.has_value();
  store_ = backend_->Open({});
  ASSERT_TRUE(store_->Open(kPartition, options_).has_value());
  EXPECT_GE(ReadAll(*store_, kPartition, 0).size(), acked);
}

TEST_P(LogStoreContract, PartitionsDoNotMix) {
  for (std::int32_t partition = 0; partition < 20; ++partition) {
    ASSERT_TRUE(store_->Open({8, partition}, options_).has_value());
  }
  Acks acks;
  for (int i = 0; i < 200; ++i) {
    SendAppend(*store_, {8, i % 20}, MakeBatch({std::to_string(i)}), Durability::kFsync,
               acks.Expect());
  }
  for (const auto& result : acks.Wait(200)) EXPECT_TRUE(result.has_value());
  for (std::int32_t partition = 0; partition < 20; ++partition) {
    const auto records = ReadAll(*store_, {8, partition}, 0);
    ASSERT_EQ(records.size(), 10u);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(records[static_cast<std::size_t>(i)].value, std::to_string(20 * i + partition));
    }
  }
}

}  // namespace strata::storage
