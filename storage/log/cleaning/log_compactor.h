// Compaction of one log: of the records with the same key only the last stays. README.md beside
// this file tells how, and what survives which crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "proto/base/error.h"
#include "storage/log/log_environment.h"
#include "storage/log/partition_log.h"

namespace strata::storage {

class LogCompactor {
 public:
  // `map_bytes`: what the keys of one pass may take of memory; what they do not fit into is left to
  // the next pass. `cancelled` is asked often, and makes a pass end soon.
  LogCompactor(const LogEnvironment& environment, std::size_t map_bytes,
               std::function<bool()> cancelled)
      : environment_(environment), map_bytes_(map_bytes), cancelled_(std::move(cancelled)) {}

  struct Outcome {
    std::int64_t bytes_before = 0;  // of the segments that were rewritten
    std::int64_t bytes_after = 0;
    Offset cleaned = 0;  // up to here no record is superseded by another one below
  };

  // One pass over a log, if it is due: nothing otherwise. Waits for another pass over the log, and
  // for the disk; takes log.upkeep() for each group of segments that it changes.
  // CANCELLED, CORRUPT_LOG (damage was found and left as it is), DISK_FULL, IO_ERROR: what was
  // reached holds.
  Result<std::optional<Outcome>> Compact(PartitionLog& log) const;

 private:
  const LogEnvironment& environment_;
  const std::size_t map_bytes_;
  const std::function<bool()> cancelled_;
};

}  // namespace strata::storage
