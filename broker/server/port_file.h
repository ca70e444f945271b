// Tells scripts and tests which ports were chosen.
#pragma once

#include <string>

#include "proto/base/error.h"

namespace strata::broker {

// Writes two lines, the gRPC address and the HTTP address (empty if it is off), so that a reader
// never sees half of them. IO_ERROR.
Result<void> WritePortFile(const std::string& path, const std::string& address,
                           const std::string& http_address);

}  // namespace strata::broker
