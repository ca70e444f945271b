// Reading single values of a configuration, strictly. Messages of INVALID_CONFIG are made to stand
// behind the name of a key: "cannot be 'x': use a whole number from 1 to 9".
//
// Pure functions; callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata::broker {

// A whole number in decimal, without a plus sign, spaces, separators or a unit. INVALID_CONFIG.
Result<std::int64_t> ParseInteger(std::string_view text, std::int64_t min, std::int64_t max);

// A decimal fraction from 0 to 1, such as 0.5. INVALID_CONFIG.
Result<double> ParseFraction(std::string_view text);

// One of the words, exactly. INVALID_CONFIG.
Result<std::string> ParseChoice(std::string_view text, const std::vector<std::string_view>& words);

// "fsync", "os", "none". INVALID_CONFIG.
Result<Durability> ParseDurability(std::string_view text);

// HOST:PORT with a port from 0 (any free one) to 65535; an IPv6 host in brackets. INVALID_CONFIG.
Result<std::string> ParseAddress(std::string_view text);
// The same; "off" and nothing at all both give an empty string.
Result<std::string> ParseOptionalAddress(std::string_view text);

// A path that is not empty and has no NUL in it. INVALID_CONFIG.
Result<std::string> ParsePath(std::string_view text);

// "a, b, c".
std::string JoinWords(const std::vector<std::string_view>& words);

// The known name that takes the fewest single-letter changes to become `name`.
std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known);

// INVALID_CONFIG for a key that does not exist, with the nearest one that does.
Error UnknownKey(std::string_view kind, std::string_view name,
                 const std::vector<std::string_view>& known);

}  // namespace strata::broker
