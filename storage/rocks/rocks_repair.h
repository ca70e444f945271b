// The last resort for a database that cannot be opened: RocksDB's own repair, which makes a new
// manifest for all tables that it can read.
//
// It knows of a family only if there is a table of it. So each gets one more, with a single key
// (kRepairSeedKey), which readers are to skip. And it makes tables of logs, too; but where a log
// holds what a table has already, it then refuses both. So the logs are kept from it, freed of what
// is damaged in them, and read when the database is opened.
#pragma once

#include <string>
#include <vector>

#include "proto/base/error.h"
#include "storage/rocks/record_log.h"

namespace strata::storage {

inline constexpr char kRepairSeedKey[] = "no such key";

// A stretch of one of the database's logs that could not be read.
struct DamagedLog {
  std::string name;  // of the file
  DamagedPart part;
};

// Rebuilds the database of truth in `directory`, which was made with `families` in this order, from
// whatever of its files can be read. Afterwards it can be opened read-only, with RocksDbOptions::
// salvage. Returns what was damaged in its logs. What is found may be incomplete, and may hold
// older values: check all of it. Works in place, and so on a copy, please; `scratch` is made and
// deleted again. IO_ERROR, DISK_FULL, CORRUPT_LOG.
Result<std::vector<DamagedLog>> RepairTruth(const std::string& directory,
                                            const std::vector<std::string>& families,
                                            const std::string& scratch);

}  // namespace strata::storage
