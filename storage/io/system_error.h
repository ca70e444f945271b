// The system's errors as ours.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace strata::storage {

// "cannot write '/data/x': No space left on device": DISK_FULL for ENOSPC and EDQUOT, IO_ERROR for
// every other `error_number` (an errno). `operation` is a verb: "write", "open".
Error SystemError(std::string_view operation, std::string_view path, int error_number);

}  // namespace strata::storage
