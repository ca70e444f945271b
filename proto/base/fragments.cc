#include "proto/base/fragments.h"

#include <algorithm>
#include <string>
#include <utility>

namespace strata {

std::size_t TotalBytes(const Fragments& fragments) {
  std::size_t bytes = 0;
  for (const SharedBytes& fragment : fragments) bytes += fragment.size();
  return bytes;
}

SharedBytes Joined(const Fragments& fragments) {
  if (fragments.size() == 1) return fragments.front();
  std::string bytes;
  bytes.reserve(TotalBytes(fragments));
  for (const SharedBytes& fragment : fragments) bytes.append(fragment.view());
  return SharedBytes::FromString(std::move(bytes));
}

Fragments Behind(const Fragments& fragments, std::size_t count) {
  Fragments behind;
  behind.reserve(fragments.size());
  for (const SharedBytes& fragment : fragments) {
    const std::size_t skipped = std::min(count, fragment.size());
    count -= skipped;
    if (skipped < fragment.size()) behind.push_back(fragment.Slice(skipped));
  }
  return behind;
}

}  // namespace strata
