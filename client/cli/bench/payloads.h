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
  // Random values of `bytes` each: no compression makes them smaller. They repeat only after more
  // than a compressor looks back over.
  static Payloads OfSize(std::size_t bytes);

  // The lines of a text, without their newlines. INVALID_ARGUMENT: there is none.
  static Result<Payloads> OfLines(std::string text);
  // The same of a file, which is held in memory. Also IO_ERROR.
  static Result<Payloads> OfFile(const std::string& path);

  // The values in turn, and from the first one again; valid as long as this object.
  std::string_view At(std::uint64_t index) const {
    const Place& place = places_[index % places_.size()];
    return std::string_view(bytes_).substr(place.begin, place.size);
  }

 private:
  struct Place {
    std::size_t begin;
    std::size_t size;
  };

  std::string bytes_;
  std::vector<Place> places_;  // at least one
};

}  // namespace strata::cli
