#include "storage/metadata/commit_plan.h"

#include <set>
#include <string_view>

#include "storage/encoding/quote.h"

namespace strata::storage {

namespace {

Result<void> CheckForm(const MetadataTransaction& transaction) {
  std::set<std::string_view> written;
  for (const auto& compare : transaction.compares) {
    if (compare.key.empty()) {
      return Fail(ErrorCode::INVALID_ARGUMENT, "a metadata transaction compares an empty key");
    }
  }
  for (const auto& write : transaction.writes) {
    if (write.key.empty()) {
      return Fail(ErrorCode::INVALID_ARGUMENT, "a metadata transaction writes an empty key");
    }
    if (!written.insert(write.key).second) {
      return Fail(ErrorCode::INVALID_ARGUMENT,
                  "a metadata transaction writes the key " + Quote(write.key) + " twice");
    }
  }
  return Ok();
}

std::string Describe(std::int64_t version) {
  return version == 0 ? "absent" : "at version " + std::to_string(version);
}

Result<void> CheckCompares(const MetadataTransaction& transaction,
                           const VersionLookup& version_of) {
  for (const auto& compare : transaction.compares) {
    STRATA_TRY_ASSIGN(const std::int64_t version, version_of(compare.key));
    if (version == compare.version) continue;
    return Fail(ErrorCode::CONFLICT, "the metadata key " + Quote(compare.key) + " is " +
                                         Describe(version) + ", not " + Describe(compare.version));
  }
  return Ok();
}

}  // namespace

Result<std::vector<MetadataChange>> PlanCommit(const MetadataTransaction& transaction,
                                               std::int64_t revision,
                                               const VersionLookup& version_of) {
  STRATA_TRY(CheckForm(transaction));
  STRATA_TRY(CheckCompares(transaction, version_of));
  std::vector<MetadataChange> changes;
  changes.reserve(transaction.writes.size());
  for (const auto& write : transaction.writes) {
    if (!write.value) {
      STRATA_TRY_ASSIGN(const std::int64_t version, version_of(write.key));
      if (version == 0) continue;
    }
    changes.push_back({write.key, write.value, revision});
  }
  return changes;
}

}  // namespace strata::storage
