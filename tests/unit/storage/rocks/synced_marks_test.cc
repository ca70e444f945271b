#include "storage/rocks/synced_marks.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/disk/simulated_file_system.h"

namespace strata::storage {
namespace {

using strata::testing::Operation;
using strata::testing::SimulatedFileSystem;
using Bytes = SyncedMarks::Bytes;

class SyncedMarksTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(disk_.CreateDirectories("/db").has_value()); }

  std::unique_ptr<SyncedMarks> Open() { return SyncedMarks::Open(disk_, "/db", Load()).value(); }
  Bytes Load() { return SyncedMarks::Load(disk_, "/db").value(); }

  SimulatedFileSystem disk_;
};

TEST_F(SyncedMarksTest, LogsAndManifestsHaveNumbers) {
  EXPECT_EQ(SyncedMarks::NumberOf("/data/meta/000012.log"), 12u);
  EXPECT_EQ(SyncedMarks::NumberOf("/data/meta/MANIFEST-000011"), 11u);
  for (const char* name : {"000012.sst", "CURRENT", "000012.log.cut-at-5", "x.log", "MANIFEST-",
                           "000012.dbtmp", "OPTIONS-000007"}) {
    EXPECT_EQ(SyncedMarks::NumberOf(name), std::nullopt) << name;
  }
}

TEST_F(SyncedMarksTest, WhatWasSyncedIsKnownOnceItsNameIsOnDisk) {
  const auto marks = Open();
  ASSERT_TRUE(marks->Synced(5, 100).has_value());
  EXPECT_EQ(Load(), Bytes{});
  ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  EXPECT_EQ(Load(), (Bytes{{5, 100}}));
  ASSERT_TRUE(marks->Synced(5, 200).has_value());
  EXPECT_EQ(Load(), (Bytes{{5, 200}}));
  ASSERT_TRUE(marks->Synced(5, 150).has_value()) << "told late by another thread";
  EXPECT_EQ(Load(), (Bytes{{5, 200}}));
}

TEST_F(SyncedMarksTest, AFileThatCameWhileTheDirectoryWasSyncedIsNotNamedYet) {
  const auto marks = Open();
  const auto unnamed = marks->unnamed();
  ASSERT_TRUE(marks->Synced(5, 100).has_value());
  ASSERT_TRUE(marks->Named(unnamed).has_value());
  EXPECT_EQ(Load(), Bytes{});
}

TEST_F(SyncedMarksTest, MarksGoOnWhereTheyWere) {
  {
    const auto marks = Open();
    ASSERT_TRUE(marks->Synced(5, 100).has_value());
    ASSERT_TRUE(marks->Synced(6, 300).has_value());
    ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  }
  const auto marks = Open();
  ASSERT_TRUE(marks->Synced(5, 200).has_value());
  EXPECT_EQ(Load(), (Bytes{{5, 200}, {6, 300}}));
}

TEST_F(SyncedMarksTest, AForgottenFileStaysForgottenAfterAPowerCut) {
  const auto marks = Open();
  ASSERT_TRUE(marks->Synced(5, 100).has_value());
  ASSERT_TRUE(marks->Synced(6, 100).has_value());
  ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  ASSERT_TRUE(disk_.SyncAll("/db").has_value());
  ASSERT_TRUE(marks->Forget(5).has_value());
  ASSERT_TRUE(marks->Synced(6, 200).has_value());
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFileSystem after;
    after.Load(disk_.FindAfterPowerCut(seed));
    const Bytes found = SyncedMarks::Load(after, "/db").value();
    EXPECT_FALSE(found.contains(5));
  }
}

TEST_F(SyncedMarksTest, AFileThatCouldNotBeForgottenIsForgottenByTheNextWhoTries) {
  const auto marks = Open();
  ASSERT_TRUE(marks->Synced(5, 100).has_value());
  ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  ASSERT_TRUE(disk_.SyncAll("/db").has_value());
  disk_.Plan({Operation::kSync, 1});
  EXPECT_FALSE(marks->Forget(5).has_value());
  EXPECT_TRUE(marks->Forget(5).has_value());
  disk_.CutPowerAt(0);
  disk_.RestartWithoutUnsynced();
  EXPECT_EQ(Load(), Bytes{});
}

TEST_F(SyncedMarksTest, AfterAPowerCutTheMarksAreNeverTooHigh) {
  const auto marks = Open();
  ASSERT_TRUE(marks->Synced(5, 100).has_value());
  ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  ASSERT_TRUE(disk_.SyncAll("/db").has_value());
  ASSERT_TRUE(marks->Synced(5, 200).has_value());
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFileSystem after;
    after.Load(disk_.FindAfterPowerCut(seed));
    const Bytes found = SyncedMarks::Load(after, "/db").value();
    EXPECT_TRUE(found == (Bytes{{5, 100}}) || found == (Bytes{{5, 200}}));
  }
}

TEST_F(SyncedMarksTest, ADamagedFileHoldsNoMarks) {
  {
    const auto marks = Open();
    ASSERT_TRUE(marks->Synced(5, 100).has_value());
    ASSERT_TRUE(marks->Named(marks->unnamed()).has_value());
  }
  const std::string content = disk_.Contents("/db/SYNCED");
  for (std::uint64_t bit = 0; bit < content.size() * 8; ++bit) {
    disk_.FlipBit("/db/SYNCED", bit);
    EXPECT_EQ(Load(), Bytes{}) << "bit " << bit;
    disk_.SetContents("/db/SYNCED", content);
  }
  disk_.Cut("/db/SYNCED", content.size() - 1);
  EXPECT_EQ(Load(), Bytes{});
}

}  // namespace
}  // namespace strata::storage
