// What every CursorStore must do. A backend joins by instantiating CursorStoreContract with a way
// to open it, and DurableCursorStoreContract too if what it holds outlives it.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "storage/cursor_store.h"
#include "tests/contract/backend_factory.h"

namespace strata::storage {

// Where a store lives; outlives the stores that it opens, one at a time.
class CursorBackend {
 public:
  virtual ~CursorBackend() = default;
  virtual std::unique_ptr<CursorStore> Open() = 0;
};

// Where what it holds outlives the stores.
class DurableCursorBackend : public CursorBackend {
 public:
  // Opens what a kill of the process at this moment would leave behind.
  virtual std::unique_ptr<CursorStore> OpenAfterKill() = 0;
};

class CursorStoreContract : public ::testing::TestWithParam<BackendFactory<CursorBackend>> {
 protected:
  std::unique_ptr<CursorBackend> backend_ = GetParam().make();
  std::unique_ptr<CursorStore> store_ = backend_->Open();
};

class DurableCursorStoreContract
    : public ::testing::TestWithParam<BackendFactory<DurableCursorBackend>> {
 protected:
  std::unique_ptr<DurableCursorBackend> backend_ = GetParam().make();
  std::unique_ptr<CursorStore> store_ = backend_->Open();
};

}  // namespace strata::storage
