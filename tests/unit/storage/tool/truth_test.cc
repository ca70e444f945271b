#include "storage/tool/directory/truth.h"

#include <memory>

#include <gmock/gmock.h>

#include "storage/cursors/cursor_codec.h"
#include "storage/metadata/metadata_codec.h"
#include "storage/rocks/rocks_batch.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/repair/truth_copier.h"
#include "tests/support/temp_dir.h"

namespace strata::storage::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr PartitionId kPartition{7, 3};

class TruthTest : public ::testing::Test {
 protected:
  TruthTest() {
    RocksDbOptions options{dir_ / "meta", RocksDbOptions::Kind::kTruth, TruthFamilies()};
    options.create = true;
    db_ = std::move(*RocksDb::Open(options));
  }

  void Put(const std::string& family, const std::string& key, const std::string& value) {
    RocksBatch batch;
    batch.Put(db_->Family(family), key, value);
    ASSERT_TRUE(db_->Write(batch, true).has_value());
  }

  Truth Load() { return LoadTruth(*db_); }

  // The only damage must be in this family and say this.
  void ExpectDamage(const std::string& family, const std::string& what) {
    EXPECT_THAT(Load().damage, ElementsAre(AllOf(Field(&Finding::where, HasSubstr(family)),
                                                 Field(&Finding::what, HasSubstr(what)))));
  }

  testing::TempDir dir_;
  std::unique_ptr<RocksDb> db_;
};

TEST_F(TruthTest, OfAnEmptyDatabaseIsEmpty) {
  const Truth truth = Load();
  EXPECT_FALSE(truth.run.has_value());
  EXPECT_THAT(truth.logs, IsEmpty());
  EXPECT_THAT(truth.damage, IsEmpty());
}

TEST_F(TruthTest, HoldsAllThatWasWritten) {
  Truth written;
  written.run = state_codec::Run{5, true};
  written.groups = {"g", "without cursors"};
  written.cursors = {{"g", kPartition, {.current = 9, .committed = 8, .member = "m"}}};
  written.metadata = {{"topic/t", "v", 4}};
  written.revision = 6;
  CopiedLog log{.log_start = 2, .log_end = 20};
  log.sealed[0] = {0, 10, 1000, 77};
  ASSERT_TRUE(WriteTruth(written, {{kPartition, log}}, *db_).has_value());

  const Truth truth = Load();
  EXPECT_THAT(truth.damage, IsEmpty());
  EXPECT_EQ(truth.run->number, 5U);
  EXPECT_FALSE(truth.run->clean);
  EXPECT_EQ(truth.groups, written.groups);
  ASSERT_EQ(truth.cursors.size(), 1U);
  EXPECT_EQ(truth.cursors[0].cursor, written.cursors[0].cursor);
  ASSERT_EQ(truth.metadata.size(), 1U);
  EXPECT_EQ(truth.metadata[0].version, 4);
  EXPECT_EQ(truth.revision, 6);
  ASSERT_EQ(truth.logs.size(), 1U);
  const LoadedState& state = truth.logs.at(kPartition);
  EXPECT_EQ(state.log_start, 2);
  EXPECT_EQ(state.stable, 20);
  EXPECT_EQ(state.sealed, log.sealed);
}

TEST_F(TruthTest, ARevisionBehindItsEntriesIsMended) {
  Truth truth;
  truth.metadata = {{"a", "", 3}, {"b", "", 9}};
  ASSERT_TRUE(WriteTruth(truth, {}, *db_).has_value());
  EXPECT_EQ(Load().revision, 9);
  EXPECT_THAT(Load().damage, IsEmpty());
}

TEST_F(TruthTest, NamesEntriesOfLogsThatCannotBeDecoded) {
  Put(kLogStateFamily, state_codec::StableKey(kPartition), "garbage");
  ExpectDamage("log_state", "stable");
}

TEST_F(TruthTest, NamesKeysThatNobodyKnows) {
  Put(kLogStateFamily, "xyz", "");
  ExpectDamage("log_state", "'xyz'");
}

TEST_F(TruthTest, NamesMetadataThatCannotBeDecoded) {
  Put(kMetadataFamily, EncodeRevisionKey(), EncodeRevision(1));
  Put(kMetadataFamily, EncodeMetadataKey("topic/t"), "\xff");
  ExpectDamage("metadata", "'topic/t'");
}

TEST_F(TruthTest, NamesARevisionThatIsMissingOrBehind) {
  Put(kMetadataFamily, EncodeMetadataKey("k"), EncodeMetadataValue(5, "v"));
  ExpectDamage("metadata", "missing");
  Put(kMetadataFamily, EncodeRevisionKey(), EncodeRevision(4));
  ExpectDamage("metadata", "behind");
}

TEST_F(TruthTest, NamesCursorsAndGroupsThatCannotBeDecoded) {
  Put(kCursorFamily, EncodeGroupKey("g"), "garbage");
  ExpectDamage("cursors", "group 'g'");
  Put(kCursorFamily, EncodeGroupKey("g"), EncodeGroupValue());
  Put(kCursorFamily, EncodeCursorKey("g", kPartition), "garbage");
  ExpectDamage("cursors", "cursor of group 'g'");
}

TEST(FitCursors, MovesBackWhatIsBeyondTheLogEndAndNothingElse) {
  Truth truth;
  truth.groups = {"g"};
  truth.cursors = {{"g", kPartition, {.current = 12, .committed = 9}},
                   {"g", {7, 4}, {.current = 12, .committed = 11}},
                   {"g", {7, 5}, {.current = 12, .committed = 11}}};
  Report report;
  FitCursors({{kPartition, {.log_end = 10}}, {{7, 4}, {.log_end = 12}}}, &truth, &report);
  EXPECT_EQ(truth.cursors[0].cursor.current, 10);
  EXPECT_EQ(truth.cursors[0].cursor.committed, 9);
  EXPECT_EQ(truth.cursors[1].cursor.current, 12);
  EXPECT_EQ(truth.cursors[2].cursor.current, 12);
  EXPECT_THAT(report.findings, ElementsAre(Field(&Finding::what, HasSubstr("moved back"))));
}

TEST(FitCursors, GivesAGroupItsEntryBack) {
  Truth truth;
  truth.cursors = {{"g", kPartition, {.current = 1, .committed = 1}}};
  Report report;
  FitCursors({}, &truth, &report);
  EXPECT_TRUE(truth.groups.contains("g"));
  EXPECT_EQ(report.findings.size(), 1U);
}

}  // namespace
}  // namespace strata::storage::tool
