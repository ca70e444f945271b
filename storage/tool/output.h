// Standard output. Use it from one thread.
#pragma once

#include <string_view>

#include "proto/base/error.h"

namespace strata::storage::tool {

// Writes `text` out. Returns false when nobody reads it any more (EPIPE): stop quietly. IO_ERROR.
Result<bool> Print(std::string_view text);

// The same, for the last of the output.
Result<void> PrintAll(std::string_view text);

}  // namespace strata::storage::tool
