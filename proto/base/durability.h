// The names of the durabilities, as options and configurations have them.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "proto/base/types.h"

namespace strata {

// "fsync", "os", "none".
std::string_view DurabilityName(Durability durability);

// Nothing if none has that name.
std::optional<Durability> DurabilityNamed(std::string_view name);

}  // namespace strata
