// What every MetadataStore must do. A backend joins by instantiating MetadataStoreContract with a
// way to open it, and DurableMetadataStoreContract too if what it holds outlives it.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "storage/metadata_store.h"
#include "tests/contract/backend_factory.h"

namespace strata::storage {

// Where a store lives; outlives the stores that it opens, one at a time.
class MetadataBackend {
 public:
  virtual ~MetadataBackend() = default;
  virtual std::unique_ptr<MetadataStore> Open() = 0;
};

// Where what it holds outlives the stores.
class DurableMetadataBackend : public MetadataBackend {
 public:
  // Opens what a kill of the process at this moment would leave behind.
  virtual std::unique_ptr<MetadataStore> OpenAfterKill() = 0;
};

class MetadataStoreContract : public ::testing::TestWithParam<BackendFactory<MetadataBackend>> {
 protected:
  std::unique_ptr<MetadataBackend> backend_ = GetParam().make();
  std::unique_ptr<MetadataStore> store_ = backend_->Open();
};

class DurableMetadataStoreContract
    : public ::testing::TestWithParam<BackendFactory<DurableMetadataBackend>> {
 protected:
  std::unique_ptr<DurableMetadataBackend> backend_ = GetParam().make();
  std::unique_ptr<MetadataStore> store_ = backend_->Open();
};

}  // namespace strata::storage
