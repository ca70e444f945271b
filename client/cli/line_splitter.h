// Cuts a stream of bytes, given in blocks, into lines: what stands between newlines, byte for byte.
// The last line counts even without a newline behind it; an empty one there does not.
// Use it from one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace strata::cli {

class LineSplitter {
 public:
  // Longer lines are an error: nothing bigger could be sent, and memory ends somewhere.
  explicit LineSplitter(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  // Calls line(std::string_view) for each line that `block` completes; the view is valid during the
  // call. Returns false at a line that is too long; then the splitter is of no more use.
  template <class Line>
  bool Feed(std::string_view block, Line&& line) {
    while (!block.empty()) {
      const std::size_t newline = block.find('\n');
      const std::string_view part = block.substr(0, newline);
      if (begun_.size() + part.size() > max_line_bytes_) return false;
      if (newline == std::string_view::npos) {
        begun_ += part;
        return true;
      }
      if (begun_.empty()) {
        line(part);
      } else {
        begun_ += part;
        line(std::string_view(begun_));
        begun_.clear();
      }
      block.remove_prefix(newline + 1);
    }
    return true;
  }

  // The stream has ended.
  template <class Line>
  void Finish(Line&& line) {
    if (!begun_.empty()) line(std::string_view(begun_));
    begun_.clear();
  }

 private:
  const std::size_t max_line_bytes_;
  std::string begun_;  // a line whose end has not come yet
};

}  // namespace strata::cli
