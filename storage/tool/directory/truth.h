// All that a database of truth holds, decoded: what the broker knows of logs, groups and metadata.
// What cannot be decoded is left out and found fault with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/cursor_store.h"
#include "storage/log/log_state.h"
#include "storage/log/state_codec.h"
#include "storage/metadata_store.h"
#include "storage/rocks/rocks_db.h"
#include "storage/tool/report/finding.h"

namespace strata::storage::tool {

struct GroupCursor {
  std::string group;
  PartitionId partition;
  Cursor cursor;
};

struct Truth {
  std::optional<state_codec::Run> run;      // nothing: no store was ever opened
  std::optional<TimestampMs> latest_time;   // that retention has believed in
  std::map<PartitionId, LoadedState> logs;  // a clean end only if it counts for the next start
  std::set<std::string> groups;
  std::vector<GroupCursor> cursors;  // by group and partition
  std::vector<VersionedValue> metadata;
  std::optional<std::int64_t> revision;

  std::vector<Finding> damage;
};

// `database` has all families of the truth.
Truth LoadTruth(const RocksDb& database);

// What is noted of a log; nullptr if nobody knows, because the truth itself is lost.
const LoadedState* StateOf(const std::optional<Truth>& truth, PartitionId partition);

}  // namespace strata::storage::tool
