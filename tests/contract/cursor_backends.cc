#include "storage/cursors/memory_cursor_table.h"
#include "storage/cursors/rocks_cursor_table.h"
#include "tests/contract/cursor_store_contract.h"
#include "tests/contract/rocks_place.h"

namespace strata::storage {
namespace {

class MemoryBackend : public CursorBackend {
 public:
  std::unique_ptr<CursorStore> Open() override { return MakeMemoryCursorStore(); }
};

class RocksBackend : public DurableCursorBackend {
 public:
  std::unique_ptr<CursorStore> Open() override { return Over(place_.Open()); }
  std::unique_ptr<CursorStore> OpenAfterKill() override { return Over(place_.OpenAfterKill()); }

 private:
  static std::unique_ptr<CursorStore> Over(RocksDb& db) {
    auto store = OpenRocksCursorStore(db, db.Family(RocksPlace::kFamily));
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return std::move(*store);
  }

  RocksPlace place_;
};

INSTANTIATE_TEST_SUITE_P(Over, CursorStoreContract,
                         ::testing::Values(Factory<CursorBackend, MemoryBackend>("Memory"),
                                           Factory<CursorBackend, RocksBackend>("Rocks")),
                         BackendName());
INSTANTIATE_TEST_SUITE_P(Over, DurableCursorStoreContract,
                         ::testing::Values(Factory<DurableCursorBackend, RocksBackend>("Rocks")),
                         BackendName());

}  // namespace
}  // namespace strata::storage
