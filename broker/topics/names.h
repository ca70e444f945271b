// What a topic, a group or a producer may be called, and how other names are shown to people.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace strata::broker {

inline constexpr std::size_t kMaxNameBytes = 249;

// Names are 1 to 249 characters of a-z A-Z 0-9 . _ - and neither "." nor "..".
// INVALID_TOPIC_NAME, INVALID_GROUP_NAME and INVALID_ARGUMENT; the message says what is wrong with
// the name.
Result<void> ValidateTopicName(std::string_view name);
Result<void> ValidateGroupName(std::string_view name);
Result<void> ValidateProducerName(std::string_view name);

// Text from outside as it may stand in a message: in single quotes, printable ASCII as it is, other
// bytes as \xNN, and cut after 60 bytes with "...". Always valid UTF-8.
std::string Quoted(std::string_view text);

}  // namespace strata::broker
