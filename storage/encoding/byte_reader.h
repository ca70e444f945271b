// Takes apart what ByteWriter has built. Every method returns false when the bytes do not hold what
// is asked for, and none reads beyond them; after a failure the reader is of no more use.
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/base/big_endian.h"
#include "proto/base/varint.h"

namespace strata::storage {

class ByteReader {
 public:
  // The bytes must outlive the reader and the views that it gives.
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  // A big-endian integer.
  template <class Int>
  bool Fixed(Int* value) {
    std::string_view bytes;
    if (!Raw(sizeof(Int), &bytes)) return false;
    *value = LoadBigEndian<Int>(bytes.data());
    return true;
  }

  bool Varint(std::uint64_t* value) { return ReadVarint64(rest_, value); }

  bool Raw(std::size_t count, std::string_view* bytes) {
    if (count > rest_.size()) return false;
    *bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  bool Sized(std::string_view* bytes) {
    std::uint64_t size = 0;
    return Varint(&size) && Raw(size, bytes);
  }

  // What has not been taken yet.
  std::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace strata::storage
