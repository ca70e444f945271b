#include "storage/rocks/rocks_repair.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_db.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Pair;

class RocksRepairTest : public ::testing::Test {
 protected:
  using Entries = std::map<std::string, std::string>;

  // Writes a key into each family, and closes the database.
  void Write(const std::string& key, const std::string& value) {
    const auto db = Open(dir_ / "db");
    RocksBatch batch;
    for (const std::string& family : families_) {
      batch.Put(db->Family(family), key, family + value);
    }
    ASSERT_TRUE(db->Write(batch, true).has_value());
  }

  std::unique_ptr<RocksDb> Open(const std::string& directory, bool read_only = false) {
    RocksDbOptions options{directory, RocksDbOptions::Kind::kTruth, families_};
    options.create = !read_only;
    options.read_only = options.salvage = read_only;
    auto db = RocksDb::Open(options);
    EXPECT_TRUE(db.has_value()) << db.error().message;
    return std::move(*db);
  }

  void LoseManifest() {
    for (const auto& entry : fs::directory_iterator(dir_ / "db")) {
      if (entry.path().filename().string().starts_with("MANIFEST")) fs::remove(entry.path());
    }
  }

  Entries EntriesOf(const std::string& family) {
    Entries entries;
    const auto db = Open(dir_ / "db", /*read_only=*/true);
    EXPECT_TRUE(db->Scan(db->Family(family), "", "", [&](auto key, auto value) {
                    if (key != kRepairSeedKey) entries.emplace(key, value);
                    return true;
                  }).has_value());
    return entries;
  }

  std::vector<DamagedLog> Repair() {
    const auto repaired = RepairTruth(dir_ / "db", families_, dir_ / "scratch");
    if (!repaired) throw std::runtime_error(repaired.error().message);
    return *repaired;
  }

  testing::TempDir dir_;
  const std::vector<std::string> families_ = {"one", "two"};
};

TEST_F(RocksRepairTest, FindsWhatIsInTheLogOfEachFamilyWithoutTheManifest) {
  Write("a", "1");
  LoseManifest();
  Repair();
  EXPECT_THAT(EntriesOf("one"), ElementsAre(Pair("a", "one1")));
  EXPECT_THAT(EntriesOf("two"), ElementsAre(Pair("a", "two1")));
}

TEST_F(RocksRepairTest, FindsWhatIsInTablesAndTheLatestOfEachKey) {
  Write("a", "1");
  Write("b", "2");  // opening it again has put the first one into a table
  Write("a", "3");
  LoseManifest();
  Repair();
  EXPECT_THAT(EntriesOf("one"), ElementsAre(Pair("a", "one3"), Pair("b", "one2")));
  EXPECT_THAT(EntriesOf("two"), ElementsAre(Pair("a", "two3"), Pair("b", "two2")));
}

TEST_F(RocksRepairTest, ReadsALogThatHoldsWhatATableHasAlready) {
  Write("a", "1");
  fs::copy(dir_ / "db", dir_ / "before", fs::copy_options::recursive);
  Write("b", "2");  // opening it has made tables of the log, and deleted it
  for (const auto& entry : fs::directory_iterator(dir_ / "before")) {
    if (entry.path().extension() == ".log")
      fs::copy(entry, fs::path(dir_ / "db") / entry.path().filename());
  }
  LoseManifest();
  Repair();
  EXPECT_THAT(EntriesOf("one"), ElementsAre(Pair("a", "one1"), Pair("b", "one2")));
}

TEST_F(RocksRepairTest, ReadsALogOnBothSidesOfWhatIsDamagedInIt) {
  {
    const auto db = Open(dir_ / "db");
    RocksBatch first, second, third;
    const std::string filling(100'000, 'x');  // more than a block of the log
    first.Put(db->Family("one"), "a", filling);
    second.Put(db->Family("one"), "b", filling);
    third.Put(db->Family("one"), "c", filling);
    for (RocksBatch* batch : {&first, &second, &third}) {
      ASSERT_TRUE(db->Write(*batch, true).has_value());
    }
  }
  for (const auto& entry : fs::directory_iterator(dir_ / "db")) {
    if (entry.path().extension() != ".log") continue;
    std::fstream log(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(150'000);
    log << "damage";
  }
  const auto damaged = Repair();
  ASSERT_EQ(damaged.size(), 1U);
  EXPECT_TRUE(damaged[0].name.ends_with(".log"));
  EXPECT_THAT(EntriesOf("one"), ElementsAre(Pair("a", _), Pair("c", _)));
}

TEST_F(RocksRepairTest, LosesNoMoreOfALogThanWhatIsDamaged) {
  {
    const auto db = Open(dir_ / "db");
    for (const std::string key : {"a", "b", "c"}) {
      RocksBatch batch;
      batch.Put(db->Family("one"), key, "value of " + key);
      ASSERT_TRUE(db->Write(batch, true).has_value());
    }
  }
  for (const auto& entry : fs::directory_iterator(dir_ / "db")) {
    if (entry.path().extension() != ".log") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(in), {});
    const std::size_t damage = content.find("value of b");
    ASSERT_NE(damage, content.npos);
    content[damage] ^= 1;
    std::ofstream(entry.path(), std::ios::binary) << content;
  }
  EXPECT_EQ(Repair().size(), 1U);
  EXPECT_THAT(EntriesOf("one"), ElementsAre(Pair("a", _), Pair("c", _)));
}

TEST_F(RocksRepairTest, LeavesNoScratchBehind) {
  Write("a", "1");
  Repair();
  EXPECT_FALSE(fs::exists(dir_ / "scratch"));
}

}  // namespace
}  // namespace strata::storage
