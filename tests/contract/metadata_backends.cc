#include "storage/metadata/memory_metadata_store.h"
#include "storage/metadata/rocks_metadata_store.h"
#include "tests/contract/metadata_store_contract.h"
#include "tests/contract/rocks_place.h"

namespace strata::storage {
namespace {

class MemoryBackend : public MetadataBackend {
 public:
  std::unique_ptr<MetadataStore> Open() override { return std::make_unique<MemoryMetadataStore>(); }
};

class RocksBackend : public DurableMetadataBackend {
 public:
  std::unique_ptr<MetadataStore> Open() override { return Over(place_.Open()); }
  std::unique_ptr<MetadataStore> OpenAfterKill() override { return Over(place_.OpenAfterKill()); }

 private:
  static std::unique_ptr<MetadataStore> Over(RocksDb& db) {
    auto store = RocksMetadataStore::Open(db, db.Family(RocksPlace::kFamily));
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return std::move(*store);
  }

  RocksPlace place_;
};

INSTANTIATE_TEST_SUITE_P(Over, MetadataStoreContract,
                         ::testing::Values(Factory<MetadataBackend, MemoryBackend>("Memory"),
                                           Factory<MetadataBackend, RocksBackend>("Rocks")),
                         BackendName());
INSTANTIATE_TEST_SUITE_P(Over, DurableMetadataStoreContract,
                         ::testing::Values(Factory<DurableMetadataBackend, RocksBackend>("Rocks")),
                         BackendName());

}  // namespace
}  // namespace strata::storage
