// What an examination has found, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "proto/base/types.h"
#include "storage/log_store.h"
#include "storage/tool/report/offset_range.h"

namespace strata::storage::tool {

enum class Severity {
  kDamage,  // something that was stored is not there as it was stored
  kTorn,    // the end of a write that a crash interrupted, beyond what is known to be flushed
  kHint,    // something that only shortens searches is missing or stale: the broker does without it
  kStray,   // belongs to nothing
};

// "damage", "torn", "hint", "stray".
std::string_view Name(Severity severity);

struct Finding {
  Severity severity = Severity::kDamage;
  // A path below what was examined, or where in a database: "meta, family cursors".
  std::string where;
  std::string what;                           // one sentence without a full stop
  std::optional<std::int64_t> position = {};  // in the file
  std::optional<std::int64_t> bytes = {};     // that it concerns, from there on
  std::optional<OffsetRange> offsets = {};    // that it concerns
  std::optional<PartitionId> partition = {};  // of the offsets

  bool operator==(const Finding&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  return out << Name(finding.severity) << " in " << finding.where << ": " << finding.what;
}

}  // namespace strata::storage::tool
