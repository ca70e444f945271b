#include "storage/log/local_log_store.h"
#include "tests/contract/log_store_contract.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

class LocalBackend : public LogBackend {
 public:
  std::unique_ptr<LogStore> Open(const Options& options) override {
    LocalLogStoreOptions local;
    local.tail_cache_bytes = options.tail_cache_bytes;
    local.max_queued_bytes = options.max_queued_bytes;
    return place_.Open(local);
  }

 private:
  strata::testing::LogPlace place_;
};

INSTANTIATE_TEST_SUITE_P(Local, LogStoreContract,
                         ::testing::Values([] { return std::make_unique<LocalBackend>(); }));

}  // namespace
}  // namespace strata::storage
