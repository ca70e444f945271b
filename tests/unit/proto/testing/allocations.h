// Counts what is allocated with `new`, for tests of code that promises not to.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STRATA_SANITIZER_OWNS_NEW
#endif
#endif

namespace strata::testing {

// The sanitizers bring a `new` of their own: nothing is counted under them.
#if defined(STRATA_SANITIZER_OWNS_NEW)
inline constexpr bool kAllocationsAreCounted = false;
#else
inline constexpr bool kAllocationsAreCounted = true;
#endif

// Allocations made by this thread so far, over the whole executable.
std::size_t AllocationCount();

}  // namespace strata::testing
