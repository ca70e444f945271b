// Counts what is allocated with `new`, for tests of code that promises not to.
#pragma once

#include <cstddef>

namespace strata::testing {

// Allocations made by this thread so far, over the whole executable.
std::size_t AllocationCount();

}  // namespace strata::testing
