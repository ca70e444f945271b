// What a person may have meant. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace strata::cli {

// The one of `known` that is spelled most like `text`; empty if none is close.
std::string NearestWord(std::string_view text, const std::vector<std::string>& known);

}  // namespace strata::cli
