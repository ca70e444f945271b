// A MetadataStore whose commits can be made to fail, before or after they took effect.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "storage/metadata_store.h"

namespace strata::testing {

class FaultyMetadataStore : public storage::MetadataStore {
 public:
  explicit FaultyMetadataStore(storage::MetadataStore& store) : store_(store) {}

  // Called around each commit; an error becomes its result, though with `after` it has happened.
  std::function<Result<void>()> fault = [] { return Ok(); };
  bool after = false;

  Result<std::optional<storage::VersionedValue>> Get(std::string_view key) override {
    return store_.Get(key);
  }
  Result<std::vector<storage::VersionedValue>> Range(std::string_view prefix) override {
    return store_.Range(prefix);
  }
  Result<std::int64_t> Commit(const storage::MetadataTransaction& transaction) override {
    if (!after) STRATA_TRY(fault());
    auto revision = store_.Commit(transaction);
    if (after) STRATA_TRY(fault());
    return revision;
  }
  std::uint64_t Watch(std::string prefix,
                      std::function<void(const storage::MetadataChange&)> changed) override {
    return store_.Watch(std::move(prefix), std::move(changed));
  }
  void Unwatch(std::uint64_t ticket) override { store_.Unwatch(ticket); }

 private:
  storage::MetadataStore& store_;
};

}  // namespace strata::testing
