// The checker knows what compaction and retention may take away, and what not.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fault/history/checker.h"
#include "tests/fault/history/payload_record.h"

namespace strata::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kPartition = "table/0";

// The `nth` payload of a key.
PayloadId PayloadOfKey(std::uint64_t key, int nth, bool tombstone = false) {
  for (PayloadId id = 1;; ++id) {
    if (KeyOf(id) == key && IsTombstone(id) == tombstone && nth-- == 0) return id;
  }
}

const PayloadId kOld = PayloadOfKey(1, 0);
const PayloadId kNew = PayloadOfKey(1, 1);
const PayloadId kNewer = PayloadOfKey(1, 2);
const PayloadId kDeletion = PayloadOfKey(1, 0, /*tombstone=*/true);
const PayloadId kOther = PayloadOfKey(2, 0);

class CleanupCheckTest : public ::testing::Test {
 protected:
  void Add(EventBody body) { events_.push_back({std::move(body), {}}); }
  void AllowCompaction(bool tombstones_expire = false) {
    Add(CleanupAllowed{kPartition, true, tombstones_expire});
  }
  CallId Begin(PayloadId payload) {
    Add(AppendInvoked{++call_, kPartition, {payload}});
    return call_;
  }
  // Acked, one behind the other from offset 0 on.
  void Append(const std::vector<PayloadId>& payloads) {
    for (const PayloadId payload : payloads) {
      Begin(payload);
      Add(AppendReturned{call_, Outcome::kOk, end_++});
    }
  }
  void Find(std::vector<SeenRecord> records) {
    Add(CompleteRead{kPartition, 0, end_, std::move(records)});
  }
  void Read(std::vector<SeenRecord> records) {
    Add(ReadReturned{kPartition, std::move(records), {}, 0, end_});
  }

  std::vector<std::string> Broken() const {
    std::vector<std::string> names;
    for (const Violation& violation : CheckHistory(events_)) names.push_back(violation.invariant);
    return names;
  }

  CallId call_ = 0;
  Offset end_ = 0;
  std::vector<Event> events_;
};

TEST_F(CleanupCheckTest, WhatALaterOneOfItsKeySupersedesMayGo) {
  AllowCompaction();
  Append({kOld, kOther, kNew});
  Find({{0, kOld}, {1, kOther}, {2, kNew}});
  Read({{1, kOther}, {2, kNew}});
  Find({{1, kOther}, {2, kNew}});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CleanupCheckTest, I2WithoutCompactionNothingMayGo) {
  Append({kOld, kOther, kNew});
  Find({{1, kOther}, {2, kNew}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CleanupCheckTest, I7TheLastOfAKeyIsMissing) {
  AllowCompaction();
  Append({kOld, kOther, kNew});
  Find({{0, kOld}, {2, kNew}});
  Find({{0, kOld}, {1, kOther}});
  EXPECT_THAT(Broken(), ElementsAre("I7", "I7", "I7")) << "and one has come back";
}

TEST_F(CleanupCheckTest, I7AReaderIsNotGivenTheLastOfAKey) {
  AllowCompaction();
  Append({kOld, kOther, kNew});
  Read({{2, kNew}});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, WhatSupersedesItMayHaveNoAnswerYet) {
  AllowCompaction();
  Append({kOld, kOther});
  Begin(kNew);
  Add(ReadReturned{kPartition, {{1, kOther}}, {}, 0, 2});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CleanupCheckTest, I7WhatWasRefusedSupersedesNothing) {
  AllowCompaction();
  Append({kOld, kOther});
  Add(AppendReturned{Begin(kNew), Outcome::kFailed});
  Add(ReadReturned{kPartition, {{1, kOther}}, {}, 0, 2});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, I7WhatHasGoneComesBack) {
  AllowCompaction();
  Append({kOld, kOther, kNew});
  Find({{1, kOther}, {2, kNew}});
  Read({{0, kOld}, {1, kOther}, {2, kNew}});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, I7ATombstoneGoesBeforeItsTime) {
  AllowCompaction();
  Append({kOld, kDeletion});
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, ATombstoneThatMayExpireGoesWithAllThatItDeletes) {
  AllowCompaction(/*tombstones_expire=*/true);
  Append({kOld, kDeletion, kOther});
  Read({{0, kOld}, {2, kOther}});
  Find({{2, kOther}});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CleanupCheckTest, I7ATombstoneHasGoneAndNotWhatItDeletes) {
  AllowCompaction(/*tombstones_expire=*/true);
  Append({kOld, kNew, kDeletion});
  Find({{1, kNew}});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, I7WhereTombstonesMayExpireNothingElseMay) {
  AllowCompaction(/*tombstones_expire=*/true);
  Append({kOld, kNew});
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, WhatIsSaidToBeDamagedIsNotMissing) {
  AllowCompaction();
  Append({kOld, kOther, kNew});
  Add(CompleteRead{kPartition, 0, 3, {{0, kOld}}, {{1, 3}}});
  Find({{1, kOther}, {2, kNew}});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CleanupCheckTest, I7WhatThePowerHasTakenSupersedesNothing) {
  AllowCompaction();
  Append({kOld});
  Add(AppendReturned{Begin(kNew), Outcome::kOk, 1, /*durable=*/false});
  Add(Restarted{/*unflushed_lost=*/true});
  Add(CompleteRead{kPartition, 0, 1, {}});
  EXPECT_THAT(Broken(), ElementsAre("I7"));
}

TEST_F(CleanupCheckTest, ATombstoneThatWasOnDiskBeforeAnybodyKnewMayHaveExpired) {
  AllowCompaction(/*tombstones_expire=*/true);
  Append({kOld});
  Add(AppendReturned{Begin(kDeletion), Outcome::kOk, 1, /*durable=*/false});
  Add(Restarted{/*unflushed_lost=*/true});
  for (int i = 0; i < 2; ++i) Add(CompleteRead{kPartition, 0, 2, {}});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CleanupCheckTest, I2RecordsOfACompactedPartitionAreOutOfOrder) {
  AllowCompaction();
  Append({kOld, kOther});
  Find({{1, kOther}, {0, kOld}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CleanupCheckTest, RetentionTakesTheOldestAndLeavesSoMany) {
  Add(CleanupAllowed{.partition = kPartition, .least_kept = 2});
  Append({1, 2, 3});
  Add(CompleteRead{kPartition, 1, 3, {{1, 2}, {2, 3}}});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Add(CompleteRead{kPartition, 2, 3, {{2, 3}}});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CleanupCheckTest, I3ALogStartThatSomebodyHasSeenGoesBack) {
  Add(CleanupAllowed{.partition = kPartition, .least_kept = 1});
  Append({1, 2});
  Add(LogStartSeen{kPartition, 1});
  Add(Restarted{/*unflushed_lost=*/true});
  Find({{0, 1}, {1, 2}});
  EXPECT_THAT(Broken(), ElementsAre("I3"));
}

TEST_F(CleanupCheckTest, I1AReadFailsThoughNothingIsWrong) {
  Append({1});
  Add(ReadFailed{kPartition, 0, "IO_ERROR", /*explained=*/true});
  EXPECT_THAT(Broken(), IsEmpty());
  Add(ReadFailed{kPartition, 0, "IO_ERROR"});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CleanupCheckTest, I2AReadWithinTheLogComesToNothing) {
  Append({1});
  Add(ReadReturned{kPartition, {}, {}, 0, 0});
  Add(ReadReturned{kPartition, {}, {}, 0});
  EXPECT_THAT(Broken(), ElementsAre("I2", "I2"));
}

TEST_F(CleanupCheckTest, I2AReadIsToGoOnBehindMoreThanCame) {
  Append({1, 2});
  Add(ReadReturned{kPartition, {{0, 1}}, {}, 0, 2});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST(PayloadRecordTest, IsKnownByItsValueOrItsHeaderAndItsKey) {
  for (const PayloadId id : {kOld, kDeletion, PayloadId{8}}) {
    for (const bool keyed : {false, true}) {
      const PayloadRecord sent(id, keyed);
      RecordView record = sent.view();
      EXPECT_EQ(PayloadRecord::In(record, keyed), id);
      EXPECT_EQ(PayloadRecord::In(record, !keyed), kForeignPayload);
      EXPECT_EQ(record.value.has_value(), !keyed || !IsTombstone(id));
      record.key = "key-other";
      EXPECT_EQ(PayloadRecord::In(record, keyed), kForeignPayload);
    }
  }
}

TEST(PayloadRecordTest, SomeKeysAreBusyAndSomeAreUsedOnce) {
  constexpr PayloadId kPayloads = 1000;
  int tombstones = 0;
  int once = 0;
  for (PayloadId id = 1; id <= kPayloads; ++id) {
    tombstones += IsTombstone(id) ? 1 : 0;
    once += KeyOf(id) < kSharedKeys ? 0 : 1;
  }
  EXPECT_GT(tombstones, 50);
  EXPECT_GT(once, 50);
  EXPECT_LT(tombstones + once, 500);
}

}  // namespace
}  // namespace strata::testing
