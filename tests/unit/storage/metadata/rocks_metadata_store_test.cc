#include "storage/metadata/rocks_metadata_store.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/metadata_codec.h"
#include "storage/rocks/rocks_batch.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

using ::testing::HasSubstr;

class RocksMetadataStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { OpenDatabase(); }

  void OpenDatabase() {
    db_.reset();
    auto db = RocksDb::Open({dir_ / "db", RocksDbOptions::Kind::kTruth, {"metadata"}, true});
    ASSERT_TRUE(db.has_value()) << db.error().message;
    db_ = std::move(*db);
  }

  Result<std::unique_ptr<MetadataStore>> Open() {
    return RocksMetadataStore::Open(*db_, db_->Family("metadata"));
  }

  void PutRaw(const std::string& key, const std::string& value) {
    RocksBatch batch;
    batch.Put(db_->Family("metadata"), key, value);
    ASSERT_TRUE(db_->Write(batch, true).has_value());
  }

  strata::testing::TempDir dir_;
  std::unique_ptr<RocksDb> db_;
};

TEST_F(RocksMetadataStoreTest, ADamagedValueIsAnErrorThatNamesItsKey) {
  PutRaw(EncodeRevisionKey(), EncodeRevision(1));
  PutRaw(EncodeMetadataKey("topic/hurt"), "\x02garbage");
  PutRaw(EncodeMetadataKey("topic/well"), EncodeMetadataValue(1, "v"));
  const auto store = Open().value();
  const MetadataTransaction compares = {{{"topic/hurt", 1}}, {{"topic/hurt", "new"}}};
  for (const Error& error : {store->Get("topic/hurt").error(), store->Range("topic/").error(),
                             store->Commit(compares).error()}) {
    EXPECT_EQ(error.code, ErrorCode::CORRUPT_LOG);
    EXPECT_THAT(error.message, HasSubstr("'topic/hurt'"));
  }
  EXPECT_EQ(store->Get("topic/well").value()->value, "v");
}

TEST_F(RocksMetadataStoreTest, ADamagedRevisionRefusesToOpen) {
  PutRaw(EncodeRevisionKey(), "\x01");
  EXPECT_EQ(Open().error().code, ErrorCode::CORRUPT_LOG);
}

TEST_F(RocksMetadataStoreTest, EntriesWithoutARevisionRefuseToOpen) {
  PutRaw(EncodeMetadataKey("k"), EncodeMetadataValue(1, "v"));
  EXPECT_EQ(Open().error().code, ErrorCode::CORRUPT_LOG);
}

TEST_F(RocksMetadataStoreTest, AfterAFailedWriteNothingIsCommittedOrToldUntilOpenedAnew) {
  auto store = Open().value();
  int told = 0;
  store->Watch("", [&](const MetadataChange&) { ++told; });
  ASSERT_EQ(store->Commit({{}, {{"kept", "1"}}}).value(), 1);
  {
    const strata::testing::FileSizeLimit limit(16 << 10);
    const auto failed = store->Commit({{}, {{"failed", std::string(64 << 10, 'x')}}});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, ErrorCode::IO_ERROR);
  }
  EXPECT_FALSE(store->Commit({{}, {{"later", "1"}}}).has_value());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(store->Get("kept").value()->value, "1");

  store.reset();
  OpenDatabase();
  store = Open().value();
  EXPECT_EQ(store->Range("").value().size(), 1u);
  EXPECT_EQ(store->Commit({{}, {{"later", "1"}}}).value(), 2);
}

}  // namespace
}  // namespace strata::storage
