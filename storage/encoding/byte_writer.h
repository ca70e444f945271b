// Builds keys and values for the databases. Fixed integers are big-endian, so that keys sort as
// their numbers do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "proto/base/big_endian.h"
#include "proto/base/varint.h"

namespace strata::storage {

class ByteWriter {
 public:
  template <class Int>
  void Fixed(Int value) {
    char bytes[sizeof(Int)];
    StoreBigEndian(bytes, value);
    bytes_.append(bytes, sizeof bytes);
  }

  void Varint(std::uint64_t value) {
    char bytes[kMaxVarint64Bytes];
    bytes_.append(bytes, WriteVarint(bytes, value));
  }

  void Raw(std::string_view bytes) { bytes_.append(bytes); }

  // The length as a varint, then the bytes.
  void Sized(std::string_view bytes) {
    Varint(bytes.size());
    Raw(bytes);
  }

  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace strata::storage
