// How unlike two words are, for "did you mean". Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace strata {

// How many letters must be put in, taken out or replaced to make one of the other: Levenshtein's
// distance (https://en.wikipedia.org/wiki/Levenshtein_distance). Takes time as the product of the
// lengths.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace strata
