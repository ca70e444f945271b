#include "storage/encoding/byte_reader.h"

namespace strata::storage {

bool ByteReader::Byte(std::uint8_t& value) {
  if (rest_.empty()) return false;
  value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return true;
}

bool ByteReader::Fixed32(std::uint32_t& value) {
  std::uint64_t wide = 0;
  if (!Fixed(4, wide)) return false;
  value = static_cast<std::uint32_t>(wide);
  return true;
}

bool ByteReader::Fixed64(std::uint64_t& value) {
  return Fixed(8, value);
}

bool ByteReader::Varint(std::uint64_t& value) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(rest_[i]);
    if (i == 9 && byte > 1) return false;  // more than 64 bits
    result |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      value = result;
      return true;
    }
  }
  return false;
}

bool ByteReader::Raw(std::size_t count, std::string_view& bytes) {
  if (count > rest_.size()) return false;
  bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return true;
}

bool ByteReader::Sized(std::string_view& bytes) {
  const std::string_view before = rest_;
  std::uint64_t size = 0;
  if (Varint(size) && size <= rest_.size()) return Raw(static_cast<std::size_t>(size), bytes);
  rest_ = before;
  return false;
}

bool ByteReader::Fixed(int size, std::uint64_t& value) {
  std::string_view bytes;
  if (!Raw(static_cast<std::size_t>(size), bytes)) return false;
  value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return true;
}

}  // namespace strata::storage
