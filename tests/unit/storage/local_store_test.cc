#include "storage/local_store.h"

#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class LocalStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<LocalStore>> Open(const std::string& name = "data") {
    LocalStoreOptions options;
    options.data_dir = dir_ / name;
    return LocalStore::Open(options);
  }

  std::unique_ptr<LocalStore> MustOpen(const std::string& name = "data") {
    auto store = Open(name);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return std::move(*store);
  }

  // One fact in each store that keeps facts, and an open log.
  static void Fill(LocalStore& store) {
    ASSERT_TRUE(store.metadata().Commit({{}, {{"topic/t", "7"}}}).has_value());
    std::promise<Result<void>> written;
    store.cursors().Write({{"g", {7, 0}, Cursor{5, 3, "m", "", 1}}}, true,
                          [&](Result<void> result) { written.set_value(std::move(result)); });
    ASSERT_TRUE(written.get_future().get().has_value());
    ASSERT_TRUE(store.logs().Open({7, 0}, LogOptions()).has_value());
  }

  static void ExpectFilled(LocalStore& store) {
    EXPECT_EQ(store.metadata().Get("topic/t").value()->value, "7");
    const auto cursors = store.cursors().Load("g").value();
    ASSERT_TRUE(cursors.has_value());
    ASSERT_EQ(cursors->size(), 1u);
    EXPECT_EQ(cursors->at(0).cursor.committed, 3);
    ASSERT_TRUE(store.logs().Open({7, 0}, LogOptions()).has_value());
    EXPECT_EQ(store.logs().Ends({7, 0}).value().log_end, 0);
  }

  strata::testing::TempDir dir_;
};

TEST_F(LocalStoreTest, MakesADirectoryWithTheLayoutThatItPromises) {
  auto store = MustOpen("some/deep/data");
  Fill(*store);
  for (const std::string name : {"LOCK", "FORMAT", "meta", "index", "topics/0000000000000007/0"}) {
    EXPECT_TRUE(fs::exists(dir_ / ("some/deep/data/" + name))) << name;
  }
}

TEST_F(LocalStoreTest, EverythingIsThereAfterReopening) {
  auto store = MustOpen();
  Fill(*store);
  ASSERT_TRUE(store->Close().has_value());
  ASSERT_TRUE(store->Close().has_value());
  store = MustOpen();
  ExpectFilled(*store);
}

TEST_F(LocalStoreTest, WhatAKilledBrokerLeavesBehindOpens) {
  auto store = MustOpen();
  Fill(*store);
  fs::copy(dir_ / "data", dir_ / "copy", fs::copy_options::recursive);
  auto survivor = MustOpen("copy");
  ExpectFilled(*survivor);
}

TEST_F(LocalStoreTest, ASecondOneOnTheSameDirectoryIsRefusedUntilTheFirstCloses) {
  auto store = MustOpen();
  const auto second = Open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::DATA_DIR_IN_USE);
  EXPECT_THAT(second.error().message, HasSubstr(dir_ / "data"));
  ASSERT_TRUE(store->Close().has_value());
  EXPECT_TRUE(Open().has_value());
}

TEST_F(LocalStoreTest, AMissingIndexIsBuiltAnew) {
  Fill(*MustOpen());
  fs::remove_all(dir_ / "data/index");
  ExpectFilled(*MustOpen());
}

TEST_F(LocalStoreTest, ADamagedIndexIsBuiltAnew) {
  Fill(*MustOpen());
  std::ofstream(dir_ / "data/index/CURRENT") << "garbage";
  ExpectFilled(*MustOpen());
}

TEST_F(LocalStoreTest, AnIndexThatHasFailedIsBuiltAnewOnce) {
  Fill(*MustOpen());
  std::ofstream(dir_ / "data/index.failed") << "";
  std::ofstream(dir_ / "data/index/trace") << "";
  ExpectFilled(*MustOpen());
  EXPECT_FALSE(fs::exists(dir_ / "data/index/trace"));
  EXPECT_FALSE(fs::exists(dir_ / "data/index.failed"));
}

TEST_F(LocalStoreTest, MissingTruthIsRefusedAndNotMadeAnew) {
  Fill(*MustOpen());
  fs::rename(dir_ / "data/meta", dir_ / "saved");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto store = Open();
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_THAT(store.error().message, HasSubstr(dir_ / "data/meta"));
  }
  fs::remove_all(dir_ / "data/meta");
  fs::rename(dir_ / "saved", dir_ / "data/meta");
  ExpectFilled(*MustOpen());
}

TEST_F(LocalStoreTest, DamagedTruthIsRefusedAndLeftAsItIs) {
  Fill(*MustOpen());
  const std::string current = dir_ / "data/meta/CURRENT";
  fs::copy(current, dir_ / "saved");
  std::ofstream(current) << "garbage";
  const auto store = Open();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::CORRUPT_LOG);
  fs::copy(dir_ / "saved", current, fs::copy_options::overwrite_existing);
  ExpectFilled(*MustOpen());
}

}  // namespace
}  // namespace strata::storage
