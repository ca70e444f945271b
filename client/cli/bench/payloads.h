// The values of the records of a load. Constant after construction: any threads may use it at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"

namespace strata::cli {

class Payloads {
 public:
  // Random values of `bytes` each: no compression makes them smaller. Taken one after the other
  // they come back only after 4 MiB, or, if they are bigger than 2 MiB, at once. Their number is
  // odd: keys in turn, of which there may be a power of two, do not meet the same ones for ever.
  static Payloads OfSize(std::size_t bytes);

  // The lines of a text, without their newlines. INVALID_ARGUMENT: there is none.
  static Result<Payloads> OfLines(std::string text);
  // The same of a file, which is held in memory. Also IO_ERROR.
  static Result<Payloads> OfFile(const std::string& path);

  // How many there are; at least one.
  std::uint64_t count() const { return fixed_count_ > 0 ? fixed_count_ : places_.size(); }

  // The values in turn, and from the first one again; valid as long as this object.
  std::string_view At(std::uint64_t index) const {
    const std::size_t turn = index % count();
    const Place place = fixed_count_ > 0 ? Place{turn * fixed_size_, fixed_size_} : places_[turn];
    return std::string_view(bytes_).substr(place.begin, place.size);
  }

 private:
  struct Place {
    std::size_t begin;
    std::size_t size;
  };

  std::string bytes_;
  std::uint64_t fixed_count_ = 0;  // of values of one size, side by side; or...
  std::size_t fixed_size_ = 0;
  std::vector<Place> places_;  // ...where each is
};

}  // namespace strata::cli
