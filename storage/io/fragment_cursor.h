// Walks over fragments that are to be written one behind the other, however much of them each
// system call takes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <sys/uio.h>

namespace strata::storage {

class FragmentCursor {
 public:
  // The fragments and what they point to must outlive the cursor.
  explicit FragmentCursor(std::span<const std::string_view> fragments) : rest_(fragments) {
    SkipEmpty();
  }

  bool done() const { return rest_.empty(); }

  // Describes what comes next in at most `out.size()` pieces; returns how many it used.
  std::size_t Fill(std::span<iovec> out) const;

  // `bytes` of what Fill described have been written.
  void Advance(std::size_t bytes);

 private:
  void SkipEmpty();

  std::span<const std::string_view> rest_;
  std::size_t written_of_first_ = 0;
};

}  // namespace strata::storage
