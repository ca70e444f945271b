// Events as lines of text, so that a process that is about to die can leave a history behind.
#pragma once

#include <optional>
#include <string>

#include "tests/fault/history/history.h"

namespace strata::testing {

// Without a line break. Only what clients do: invocations, returns, and reads.
std::string EncodeEvent(const EventBody& body);

// Nothing if the line is no event, or has been cut short.
std::optional<EventBody> DecodeEvent(const std::string& line);

}  // namespace strata::testing
