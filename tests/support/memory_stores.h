// The three stores in memory, for tests of the broker.
#pragma once

#include <functional>

#include "storage/metadata/memory_metadata_store.h"
#include "tests/support/fake_cursor_store.h"
#include "tests/support/fake_log_store.h"
#include "tests/support/faulty_metadata_store.h"

namespace strata::testing {

struct MemoryStores {
  storage::MemoryMetadataStore truth;
  FaultyMetadataStore metadata{truth};
  FakeLogStore logs;
  FakeCursorStore cursors;

  // Lets every change go through `fault` first.
  void SetFault(const std::function<Result<void>()>& fault) {
    metadata.fault = fault;
    logs.fault = fault;
    cursors.fault = fault;
  }
  void Heal() {
    SetFault([] { return Ok(); });
    metadata.after = false;
  }
};

}  // namespace strata::testing
