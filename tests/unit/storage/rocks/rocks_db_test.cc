#include "storage/rocks/rocks_db.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/rocks/rocks_batch.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

namespace fs = std::filesystem;
using strata::testing::Operation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = RocksDbOptions::Kind;

class RocksDbTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<RocksDb>> Open(Kind kind = Kind::kTruth, bool create = true) {
    return RocksDb::Open({dir_ / "db", kind, {"one", "two"}, create});
  }

  static Result<void> Put(RocksDb& db, const std::string& family, const std::string& key,
                          const std::string& value) {
    RocksBatch batch;
    batch.Put(db.Family(family), key, value);
    return db.Write(batch, true);
  }

  static std::vector<std::string> Keys(const RocksDb& db, const std::string& family,
                                       const std::string& prefix) {
    std::vector<std::string> keys;
    EXPECT_TRUE(db.ScanPrefix(db.Family(family), prefix, [&](auto key, auto) {
                    keys.emplace_back(key);
                    return true;
                  }).has_value());
    return keys;
  }

  // The log of the database that holds something.
  fs::path WriteAheadLog() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(dir_ / "db")) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) found = entry.path();
    }
    return found;
  }

  // Leaves a log with three synced writes behind, as a process does that is killed.
  void LeaveLogOfKilledProcess() {
    auto live = RocksDb::Open({dir_ / "live", Kind::kTruth, {"one", "two"}, true});
    ASSERT_TRUE(live.has_value()) << live.error().message;
    for (const char* key : {"a", "b", "c"}) {
      ASSERT_TRUE(Put(**live, "one", key, std::string(100, 'v')).has_value());
    }
    fs::copy(dir_ / "live", dir_ / "db", fs::copy_options::recursive);
  }

  static std::string ReadFile(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  // It does not open, names the file, and has left it as it is.
  void ExpectCorrupt(const fs::path& file) {
    const std::string before = ReadFile(file);
    const auto db = Open(Kind::kTruth, false);
    ASSERT_FALSE(db.has_value());
    EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_THAT(db.error().message, HasSubstr(file.filename().string()));
    EXPECT_EQ(ReadFile(file), before);
  }

  strata::testing::TempDir dir_;
};

TEST_F(RocksDbTest, FamiliesAreSeparate) {
  auto db = Open();
  ASSERT_TRUE(db.has_value()) << db.error().message;
  ASSERT_TRUE(Put(**db, "one", "k", "1").has_value());
  ASSERT_TRUE(Put(**db, "two", "k", "2").has_value());
  EXPECT_EQ((*db)->Get((*db)->Family("one"), "k").value(), "1");
  EXPECT_EQ((*db)->Get((*db)->Family("two"), "k").value(), "2");
  EXPECT_EQ((*db)->Get((*db)->Family("two"), "x").value(), std::nullopt);
}

TEST_F(RocksDbTest, FindAtOrBeforeGivesTheLastEntryNotAfterTheKey) {
  auto db = Open();
  const RocksFamily family = (*db)->Family("one");
  ASSERT_TRUE(Put(**db, "one", "b", "1").has_value());
  ASSERT_TRUE(Put(**db, "one", "d", "2").has_value());
  EXPECT_EQ((*db)->FindAtOrBefore(family, "a").value().has_value(), false);
  EXPECT_EQ((*db)->FindAtOrBefore(family, "b").value()->key, "b");
  EXPECT_EQ((*db)->FindAtOrBefore(family, "c").value()->key, "b");
  EXPECT_EQ((*db)->FindAtOrBefore(family, "z").value()->value, "2");
}

TEST_F(RocksDbTest, ScanStaysWithinItsBoundsAndStopsWhenTold) {
  auto db = Open();
  for (const std::string key : {"a", "b", "b\xff", "c", "\xff\xff"}) {
    ASSERT_TRUE(Put(**db, "one", key, "").has_value());
  }
  EXPECT_THAT(Keys(**db, "one", "b"), ElementsAre("b", "b\xff"));
  EXPECT_THAT(Keys(**db, "one", "\xff"), ElementsAre("\xff\xff"));
  EXPECT_THAT(Keys(**db, "one", ""), ::testing::SizeIs(5));
  EXPECT_THAT(Keys(**db, "two", ""), IsEmpty());
  std::string backwards;
  const auto add_first = [&](std::string_view key, auto) { return backwards += key[0], true; };
  ASSERT_TRUE((*db)->ScanBackwards((*db)->Family("one"), add_first).has_value());
  EXPECT_EQ(backwards,
            "\xff"
            "cbba");
  int visited = 0;
  ASSERT_TRUE((*db)
                  ->Scan((*db)->Family("one"), "a", "c", [&](auto, auto) { return ++visited < 2; })
                  .has_value());
  EXPECT_EQ(visited, 2);
}

TEST_F(RocksDbTest, ABatchAppliesInItsOrder) {
  auto db = Open();
  const RocksFamily family = (*db)->Family("one");
  ASSERT_TRUE(Put(**db, "one", "p1", "gone").has_value());
  ASSERT_TRUE(Put(**db, "one", "p2", "old").has_value());
  RocksBatch batch;
  EXPECT_TRUE(batch.empty());
  ASSERT_TRUE((*db)->DeleteRange(family, "p", "q", &batch).has_value());
  batch.Put(family, "p2", "kept");
  batch.Put(family, "q", "gone");
  batch.Delete(family, "q");
  EXPECT_FALSE(batch.empty());
  ASSERT_TRUE((*db)->Write(batch, true).has_value());
  EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("p2"));
}

TEST_F(RocksDbTest, TruthThatIsNotThereIsNotMadeUnlessAskedFor) {
  const auto db = Open(Kind::kTruth, false);
  ASSERT_FALSE(db.has_value());
  EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
  EXPECT_THAT(db.error().message, HasSubstr(dir_ / "db"));
}

TEST_F(RocksDbTest, TruthSurvivesAKill) {
  LeaveLogOfKilledProcess();
  auto db = Open(Kind::kTruth, false);
  ASSERT_TRUE(db.has_value()) << db.error().message;
  EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("a", "b", "c"));
}

TEST_F(RocksDbTest, ATornEndOfTheLogIsCutOffAndSetAside) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  const auto size = fs::file_size(log);
  // The beginning of a write that did not come to its end.
  std::ofstream(log, std::ios::app) << ReadFile(log).substr(0, 20);
  auto db = Open(Kind::kTruth, false);
  ASSERT_TRUE(db.has_value()) << db.error().message;
  EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("a", "b", "c"));
  EXPECT_EQ(ReadFile(log.string() + ".cut-at-" + std::to_string(size)).size(), 20u);
}

TEST_F(RocksDbTest, AnEndThatWasSyncedAndIsGoneRefusesToOpen) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  fs::resize_file(log, fs::file_size(log) - 10);
  ExpectCorrupt(log);
}

// RocksDB alone takes a record that is longer than the file for one that was being written.
TEST_F(RocksDbTest, ALengthThatHasGrownRefusesToOpenInsteadOfLosingTheLastWrite) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  const std::string content = ReadFile(log);
  const std::size_t last = content.rfind(std::string(100, 'v'));
  ASSERT_NE(last, content.npos);
  for (std::size_t at = 5; at < last; ++at) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(log, std::ios::trunc) << damaged;
    ExpectCorrupt(log);
  }
}

TEST_F(RocksDbTest, ALogThatIsMissingRefusesToOpen) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  fs::remove(log);
  const auto db = Open(Kind::kTruth, false);
  ASSERT_FALSE(db.has_value());
  EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
}

TEST_F(RocksDbTest, MarksThatAreMissingBesideADatabaseRefuseToOpen) {
  LeaveLogOfKilledProcess();
  fs::remove(dir_ / "db/SYNCED");
  ExpectCorrupt(dir_ / "db/SYNCED");
}

TEST_F(RocksDbTest, WithoutMarksATornEndIsCutOffToo) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  fs::resize_file(log, fs::file_size(log) - 10);
  std::ofstream(dir_ / "db/SYNCED", std::ios::trunc) << "torn";
  auto db = Open(Kind::kTruth, false);
  ASSERT_TRUE(db.has_value()) << db.error().message;
  EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("a", "b"));
}

TEST_F(RocksDbTest, AHoleInTheLogRefusesToOpenAndDestroysNothing) {
  LeaveLogOfKilledProcess();
  const fs::path log = WriteAheadLog();
  const auto size = fs::file_size(log);
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2));
  file.put('X');
  file.close();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto db = Open(Kind::kTruth, false);
    ASSERT_FALSE(db.has_value());
    EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_EQ(fs::file_size(log), size);
  }
}

TEST_F(RocksDbTest, AnIndexKeepsWhatWasSynced) {
  {
    auto db = Open(Kind::kIndex);
    ASSERT_TRUE(db.has_value()) << db.error().message;
    ASSERT_TRUE(Put(**db, "one", "a", "1").has_value());
    ASSERT_TRUE((*db)->Sync().has_value());
    EXPECT_TRUE(WriteAheadLog().empty());
    fs::copy(dir_ / "db", dir_ / "copy", fs::copy_options::recursive);
  }
  auto copy = RocksDb::Open({dir_ / "copy", Kind::kIndex, {"one", "two"}, false});
  ASSERT_TRUE(copy.has_value()) << copy.error().message;
  EXPECT_THAT(Keys(**copy, "one", ""), ElementsAre("a"));
}

TEST_F(RocksDbTest, AnIndexThatCannotBeFlushedSaysSoAndOpensAgain) {
  auto db = Open(Kind::kIndex);
  ASSERT_TRUE(Put(**db, "one", "a", "1").has_value());
  ASSERT_TRUE((*db)->Sync().has_value());
  ASSERT_TRUE(Put(**db, "one", "b", std::string(64 << 10, 'x')).has_value());
  {
    const strata::testing::FileSizeLimit limit(16 << 10);
    EXPECT_FALSE((*db)->Sync().has_value());
  }
  EXPECT_FALSE(Put(**db, "one", "c", "1").has_value());
  db->reset();
  db = Open(Kind::kIndex);
  ASSERT_TRUE(db.has_value()) << db.error().message;
  EXPECT_EQ((*db)->Get((*db)->Family("one"), "a").value(), "1");
}

TEST_F(RocksDbTest, AFailedWriteSticksUntilTheDatabaseIsOpenedAnew) {
  auto db = Open();
  ASSERT_TRUE(Put(**db, "one", "before", "1").has_value());
  {
    const strata::testing::FileSizeLimit limit(16 << 10);
    const auto failed = Put(**db, "one", "failed", std::string(64 << 10, 'x'));
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, ErrorCode::IO_ERROR);
  }
  const auto later = Put(**db, "one", "later", "1");
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().code, ErrorCode::IO_ERROR);
  EXPECT_THAT(later.error().message, HasSubstr("earlier failure"));
  EXPECT_FALSE((*db)->Sync().has_value());
  EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("before"));

  db->reset();
  db = Open();
  ASSERT_TRUE(db.has_value()) << db.error().message;
  EXPECT_TRUE(Put(**db, "one", "later", "1").has_value());
}

TEST(PrefixEndTest, IsTheFirstKeyAfterAllWithThePrefix) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff"), "");
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_EQ(PrefixEnd("a\x7f"), "a\x80");
}

TEST_F(RocksDbTest, IsReadWithoutBeingTouched) {
  LeaveLogOfKilledProcess();
  const auto files = [this] {
    std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> found;
    for (const auto& entry : fs::directory_iterator(dir_ / "db")) {
      found[entry.path()] = {entry.file_size(), entry.last_write_time()};
    }
    return found;
  };
  const auto before = files();
  {
    RocksDbOptions options{dir_ / "db", Kind::kTruth, {"one", "two"}};
    options.read_only = true;
    const auto db = RocksDb::Open(options);
    ASSERT_TRUE(db.has_value()) << db.error().message;
    EXPECT_THAT(Keys(**db, "one", ""), ElementsAre("a", "b", "c"));
  }
  EXPECT_EQ(files(), before);
}

TEST_F(RocksDbTest, WhatIsNotThereIsNotMadeByReading) {
  RocksDbOptions options{dir_ / "db", Kind::kTruth, {"one"}};
  options.read_only = true;
  const auto db = RocksDb::Open(options);
  ASSERT_FALSE(db.has_value());
  EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
  EXPECT_FALSE(fs::exists(dir_ / "db"));
}

TEST_F(RocksDbTest, WhatWasFoundOnceInALargeTableIsFoundAgainWithoutTheDisk) {
  strata::testing::SimulatedFileSystem disk;
  auto db = RocksDb::Open({"/db", Kind::kIndex, {"one"}, true, &disk}).value();
  // Long keys, so that the index of the table is larger than a part of the cache.
  const auto key = [](int i) { return std::string(1000, 'k') + std::to_string(1000 + i); };
  for (int i = 0; i < 700; ++i) {
    ASSERT_TRUE(Put(*db, "one", key(i), std::string(3500, 'v')).has_value());
  }
  ASSERT_TRUE(db->Sync().has_value());

  const auto find = [&] { return db->FindAtOrBefore(db->Family("one"), key(350)).value()->key; };
  EXPECT_EQ(find(), key(350));
  const auto reads = disk.count(Operation::kRead);
  EXPECT_EQ(find(), key(350));
  EXPECT_EQ(disk.count(Operation::kRead), reads);
}

}  // namespace
}  // namespace strata::storage
