// Takes apart what ByteWriter has built. Every method returns false, and takes nothing, when the
// bytes do not hold what is asked for; none reads beyond them.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata::storage {

class ByteReader {
 public:
  // The bytes must outlive the reader and the views that it gives.
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool Byte(std::uint8_t& value);
  bool Fixed32(std::uint32_t& value);
  bool Fixed64(std::uint64_t& value);
  bool Varint(std::uint64_t& value);
  bool Raw(std::size_t count, std::string_view& bytes);
  bool Sized(std::string_view& bytes);

  // What has not been taken yet.
  std::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  bool Fixed(int size, std::uint64_t& value);

  std::string_view rest_;
};

}  // namespace strata::storage
