// Strata's errors as messages of strata.v1, and text from outside as it may travel.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace strata::v1 {
class Error;
}

namespace strata::broker {

// An error within a stream that goes on, or of one item among many.
v1::Error ToProto(const Error& error);

// A message as it may travel and be shown: valid UTF-8 without control characters (what is not
// becomes '?'), of at most 1,024 bytes.
std::string PrintableMessage(std::string_view message);

}  // namespace strata::broker
