// The index of a log as text and as JSON. Pure.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "storage/log_store.h"
#include "storage/tool/directory/partition_index.h"

namespace strata::storage::tool {

// Several lines.
std::string ToText(PartitionId partition, const PartitionIndex& index);

nlohmann::ordered_json ToJson(PartitionId partition, const PartitionIndex& index);

}  // namespace strata::storage::tool
