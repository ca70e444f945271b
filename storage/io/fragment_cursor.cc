#include "storage/io/fragment_cursor.h"

#include <algorithm>

namespace strata::storage {

std::size_t FragmentCursor::Fill(std::span<iovec> out) const {
  std::size_t used = 0;
  std::size_t skip = written_of_first_;
  for (std::string_view fragment : rest_) {
    if (used == out.size()) break;
    fragment.remove_prefix(skip);
    skip = 0;
    if (fragment.empty()) continue;
    out[used++] = iovec{const_cast<char*>(fragment.data()), fragment.size()};
  }
  return used;
}

void FragmentCursor::Advance(std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t step = std::min(bytes, rest_.front().size() - written_of_first_);
    written_of_first_ += step;
    bytes -= step;
    SkipEmpty();
  }
}

void FragmentCursor::SkipEmpty() {
  while (!rest_.empty() && written_of_first_ == rest_.front().size()) {
    rest_ = rest_.subspan(1);
    written_of_first_ = 0;
  }
}

}  // namespace strata::storage
