// Names that cannot travel at all are refused before they are sent: protobuf strings are UTF-8.
// Everything else about a name is the broker's to judge.
#pragma once

#include <string_view>

#include "proto/base/error.h"

namespace strata {

// INVALID_TOPIC_NAME, INVALID_GROUP_NAME, INVALID_ARGUMENT: not UTF-8.
Result<void> CheckTopicName(std::string_view name);
Result<void> CheckGroupName(std::string_view name);
Result<void> CheckText(std::string_view text);

}  // namespace strata
