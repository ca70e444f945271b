// What a metadata transaction would change, decided without touching anything; shared by all
// MetadataStore backends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "storage/metadata_store.h"

namespace strata::storage {

// The version of a key as it is now; 0 if it is absent. May fail with the store's errors.
using VersionLookup = std::function<Result<std::int64_t>(const std::string& key)>;

// The changes that `transaction` makes when it is committed as `revision`, in its order; deleting
// what is not there is no change. INVALID_ARGUMENT, CONFLICT (see MetadataStore::Commit), and what
// `version_of` fails with.
Result<std::vector<MetadataChange>> PlanCommit(const MetadataTransaction& transaction,
                                               std::int64_t revision,
                                               const VersionLookup& version_of);

}  // namespace strata::storage
