// What every LogStore must do. A backend joins by instantiating LogStoreContract with a way to
// open it.
#pragma once

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "storage/log_store.h"

namespace strata::storage {

// Where logs live; outlives the stores that it opens, one at a time.
class LogBackend {
 public:
  virtual ~LogBackend() = default;

  struct Options {
    std::size_t tail_cache_bytes = 64 << 20;
    std::size_t max_queued_bytes = 256 << 20;
  };
  // The store opened before must be gone.
  virtual std::unique_ptr<LogStore> Open(const Options& options) = 0;
};

class LogStoreContract
    : public ::testing::TestWithParam<std::function<std::unique_ptr<LogBackend>()>> {
 protected:
  static constexpr PartitionId kPartition{7, 3};

  // Opens the store again: after a clean stop, or as after a crash of the process.
  void Restart(bool clean, const LogBackend::Options& options = {}) {
    if (clean) {
      ASSERT_TRUE(store_->Close().has_value());
    }
    store_.reset();
    store_ = backend_->Open(options);
    ASSERT_TRUE(store_->Open(kPartition, options_).has_value());
  }

  void SetUp() override { ASSERT_TRUE(store_->Open(kPartition, options_).has_value()); }

  LogOptions options_;
  std::unique_ptr<LogBackend> backend_ = GetParam()();
  std::unique_ptr<LogStore> store_ = backend_->Open({});
};

}  // namespace strata::storage
