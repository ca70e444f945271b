// Gets at the database of truth of a damaged directory.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {

// What the truth says; if it cannot be opened, what can be salvaged from a copy of it, which is
// made and deleted again at `scratch`, and nothing if nothing can. The report says which it was.
// IO_ERROR, DISK_FULL: the copy cannot be made.
Result<std::optional<Truth>> LoadOrSalvageTruth(const ExaminedDirectory& directory,
                                                const std::string& scratch, Report* report);

}  // namespace strata::storage::tool
