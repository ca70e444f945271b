// The version of this build.
#pragma once

#include <string_view>

namespace strata::broker {

inline constexpr std::string_view kVersion = STRATA_VERSION;

}  // namespace strata::broker
