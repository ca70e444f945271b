// What the broker knows of logs, groups and metadata, as text and as JSON. Pure.
#pragma once

#include <functional>
#include <string>

#include "storage/tool/directory/truth.h"

namespace strata::storage::tool {

// Which partitions to show.
using PartitionFilter = std::function<bool(PartitionId)>;

std::string StateText(const Truth& truth, const PartitionFilter& shown);

// One object with a newline.
std::string StateJson(const Truth& truth, const PartitionFilter& shown);

}  // namespace strata::storage::tool
