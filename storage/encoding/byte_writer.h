// Builds keys and values for the databases. Fixed integers are big-endian, so that keys sort as
// their numbers do; variable ones are LEB128, seven bits a byte, the least significant first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace strata::storage {

class ByteWriter {
 public:
  void Byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }

  void Fixed32(std::uint32_t value) { Fixed(value, 4); }
  void Fixed64(std::uint64_t value) { Fixed(value, 8); }

  void Varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
    Byte(static_cast<std::uint8_t>(value));
  }

  void Raw(std::string_view bytes) { bytes_.append(bytes); }

  // The length as a varint, then the bytes.
  void Sized(std::string_view bytes) {
    Varint(bytes.size());
    Raw(bytes);
  }

  std::string Take() { return std::move(bytes_); }

 private:
  void Fixed(std::uint64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      Byte(static_cast<std::uint8_t>(value >> shift));
    }
  }

  std::string bytes_;
};

}  // namespace strata::storage
