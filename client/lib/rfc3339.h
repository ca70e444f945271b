// Points in time as people write them (https://www.rfc-editor.org/rfc/rfc3339). Pure.
#pragma once

#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata {

// "2026-01-02T03:04:05Z", with a fraction of a second and a zone offset where wanted; a space or
// lower case letters do for 'T' and 'Z'. Digits behind the millisecond are cut off; a leap second
// (:60) counts as the first one of the next minute. A date alone stands for its midnight, UTC.
// INVALID_ARGUMENT names what is wrong; a time
// before 1970 is refused, too.
Result<TimestampMs> ParseRfc3339(std::string_view text);

}  // namespace strata
