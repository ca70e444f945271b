#include "storage/tool/verify/index_verifier.h"

#include <string>
#include <utility>

#include "storage/log/segment_name.h"
#include "storage/tool/verify/log_check.h"

namespace strata::storage::tool {

// It may be missing; but where it is there and cannot be read, something has damaged it.
IndexVerifier::IndexVerifier(const ExaminedDirectory& directory, Report* report)
    : report_(*report) {
  const auto exists = FileSystem::Real().Exists(directory.PathOf("index"));
  if (exists && !*exists) {
    report_.Add({Severity::kHint, "index", "is missing; the next start of the broker builds it"});
    return;
  }
  auto database = directory.OpenIndex();
  if (database) {
    database_ = std::move(*database);
  } else {
    Blame(database.error().message);
  }
}

PartitionIndex IndexVerifier::Take(PartitionId partition) {
  taken_.insert(partition);
  if (!database_) return {};
  auto loaded = LoadPartitionIndex(*database_, partition);
  if (!loaded) {
    Blame(loaded.error().message);
    database_.reset();
    return {};
  }
  report_.counts.index_entries += loaded->entries;
  if (loaded->undecodable > 0) {
    Blame(std::to_string(loaded->undecodable) + " entries of " + Describe(partition) +
          " cannot be decoded");
  }
  return std::move(*loaded);
}

void IndexVerifier::BlameOrphans(PartitionId partition, const PartitionIndex& orphans) {
  for (const auto& [segment_base, entries] : orphans.segments) {
    report_.Add({Severity::kHint, "index, " + RelativePartitionPath(partition),
                 "it has entries of the segment " + SegmentFileName(segment_base) +
                     ", which is not there"});
  }
}

void IndexVerifier::Finish() {
  if (!database_) return;
  const auto indexed = ListIndexedPartitions(*database_);
  if (!indexed) return Blame(indexed.error().message);
  for (const PartitionId partition : *indexed) {
    if (taken_.contains(partition)) continue;
    report_.Add({Severity::kHint, "index",
                 "it has entries of " + Describe(partition) + ", which is not there"});
  }
}

void IndexVerifier::Blame(std::string what) {
  report_.Add({Severity::kDamage, "index",
               std::move(what) + "; no record is lost by it, the broker builds the index anew"});
}

}  // namespace strata::storage::tool
