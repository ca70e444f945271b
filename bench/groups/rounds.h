// The median of some rounds with the spread beside it, as a line of a table.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace strata::bench {

class Rounds {
 public:
  void Add(double value) {
    values_.insert(std::upper_bound(values_.begin(), values_.end(), value), value);
  }
  double median() const { return values_[values_.size() / 2]; }
  // "12.3 (11.9 to 14.0)"
  std::string Text(int digits) const {
    return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", median(), digits, values_.front(), digits,
                       values_.back(), digits);
  }

 private:
  std::vector<double> values_;  // in order
};

}  // namespace strata::bench
