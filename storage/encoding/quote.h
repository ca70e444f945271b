// Names that may hold any bytes, made fit for a message.
#pragma once

#include <string>
#include <string_view>

namespace strata::storage {

// "'topic/3'"; bytes other than printable ASCII appear as \x00, and a long name is cut short.
std::string Quote(std::string_view name);

}  // namespace strata::storage
