// Whether text is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
// Protobuf's `string` fields carry nothing else, so text that comes in another way must be checked.
#pragma once

#include <string_view>

namespace strata {

bool IsUtf8(std::string_view text);

}  // namespace strata
