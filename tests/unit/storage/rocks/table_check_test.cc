#include "storage/rocks/table_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_db.h"
#include "tests/support/disk/disk_image.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/memory_file.h"

namespace strata::storage {
namespace {

using strata::testing::MemoryFile;
using ::testing::HasSubstr;

constexpr std::size_t kFooterBytes = 53;

class TableCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto db = Open();
    ASSERT_TRUE(db.has_value());
    RocksBatch batch;
    for (int i = 0; i < 1'000; ++i) {
      batch.Put((*db)->Family("one"), "key " + std::to_string(i), std::to_string(i));
    }
    ASSERT_TRUE((*db)->Write(batch, true).has_value());
    ASSERT_TRUE((*db)->Sync().has_value());
    db->reset();
    for (const auto& [path, content] : files_.Save().files) {
      if (!path.ends_with(".sst")) continue;
      path_ = path;
      whole_ = content;
    }
    ASSERT_FALSE(path_.empty());
  }

  Result<std::unique_ptr<RocksDb>> Open() {
    return RocksDb::Open({"/db", RocksDbOptions::Kind::kIndex, {"one"}, /*create=*/true, &files_});
  }

  // In front of the footer: of which each fails the check if it is damaged.
  std::vector<std::size_t> CheckedBytes() const {
    std::vector<std::size_t> checked;
    for (std::size_t byte = 0; byte < whole_.size() - kFooterBytes; ++byte) {
      MemoryFile table(whole_);
      table.content[byte] =
          static_cast<char>(static_cast<unsigned char>(whole_[byte]) ^ (1U << byte % 8));
      const Result<void> sound = CheckTable(table);
      if (sound) continue;
      EXPECT_EQ(sound.error().code, ErrorCode::CORRUPT_LOG);
      checked.push_back(byte);
    }
    return checked;
  }

  strata::testing::SimulatedFileSystem files_;
  std::string path_;
  std::string whole_;
};

TEST_F(TableCheckTest, AWholeTableIsSound) {
  EXPECT_TRUE(CheckTable(MemoryFile(whole_)).has_value());
}

TEST_F(TableCheckTest, EachByteOfThePropertiesIsCheckedAndTheRestLeftToRocksDb) {
  const std::vector<std::size_t> checked = CheckedBytes();
  ASSERT_FALSE(checked.empty());
  ASSERT_EQ(checked.back() - checked.front() + 1, checked.size()) << "they are no single block";
  const std::string properties = whole_.substr(checked.front(), checked.size());
  EXPECT_THAT(properties, HasSubstr("rocksdb.block.based.table.index.type"));
  EXPECT_THAT(properties, HasSubstr("leveldb.BytewiseComparator"));
}

TEST_F(TableCheckTest, AFooterThatLeadsOutOfTheTableIsFound) {
  // Two handles of a position and a size each begin behind the kind of checksum.
  for (const std::string huge :
       {"\x01\xff\xff\xff\xff\xff\x7f\x01\x01", "\x01\x01\x01\xff\xff\xff\x7f",
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01\x01\x01"}) {
    MemoryFile table(whole_);
    table.content.replace(whole_.size() - kFooterBytes + 1, huge.size(), huge);
    const Result<void> sound = CheckTable(table);
    ASSERT_FALSE(sound.has_value());
    EXPECT_EQ(sound.error().code, ErrorCode::CORRUPT_LOG);
  }
}

TEST_F(TableCheckTest, ATableThatIsCutAnywhereIsLeftToRocksDb) {
  for (std::size_t bytes = 0; bytes < whole_.size(); ++bytes) {
    EXPECT_TRUE(CheckTable(MemoryFile(whole_.substr(0, bytes))).has_value()) << bytes;
  }
}

TEST_F(TableCheckTest, DamagedPropertiesAreAnErrorOfTheDatabase) {
  // The last bit of the block, which has a trailer of five bytes, promises a hash table.
  const std::size_t last_byte = CheckedBytes().back() - 5;
  files_.FlipBit(path_, last_byte * 8 + 7);
  const auto db = Open();
  ASSERT_FALSE(db.has_value());
  EXPECT_EQ(db.error().code, ErrorCode::CORRUPT_LOG);
  EXPECT_THAT(db.error().message, HasSubstr(path_));
}

}  // namespace
}  // namespace strata::storage
