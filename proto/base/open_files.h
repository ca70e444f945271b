// How many files this process may have open.
#pragma once

#include <cstdint>

namespace strata {

// Raises the limit as far as the system lets this process, and returns it.
std::int64_t RaiseOpenFileLimit();

}  // namespace strata
