// What a call to the system has left in errno, as an exception.
#pragma once

#include <cerrno>
#include <system_error>

namespace strata::compare {

// std::system_error about `what`, unless `good`.
inline void Check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace strata::compare
