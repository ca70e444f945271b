// Rows of fixed numbers as bytes: big-endian, each as wide as its type, nothing between them. Keys
// made of numbers that are not negative sort as the numbers do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"

namespace strata::storage {

template <class... Ints>
std::string PackNumbers(Ints... numbers) {
  ByteWriter writer;
  const auto add = [&writer](auto number) {
    static_assert(sizeof(number) == 1 || sizeof(number) == 4 || sizeof(number) == 8);
    if constexpr (sizeof(number) == 1) writer.Byte(static_cast<std::uint8_t>(number));
    if constexpr (sizeof(number) == 4) writer.Fixed32(static_cast<std::uint32_t>(number));
    if constexpr (sizeof(number) == 8) writer.Fixed64(static_cast<std::uint64_t>(number));
  };
  (add(numbers), ...);
  return writer.Take();
}

// False if `bytes` are not exactly these numbers.
template <class... Ints>
bool UnpackNumbers(std::string_view bytes, Ints*... numbers) {
  ByteReader reader(bytes);
  const auto take = [&reader](auto* number) {
    using Int = std::remove_pointer_t<decltype(number)>;
    static_assert(sizeof(Int) == 1 || sizeof(Int) == 4 || sizeof(Int) == 8);
    std::conditional_t<sizeof(Int) == 1, std::uint8_t,
                       std::conditional_t<sizeof(Int) == 4, std::uint32_t, std::uint64_t>>
        raw = 0;
    bool there;
    if constexpr (sizeof(Int) == 1) there = reader.Byte(raw);
    if constexpr (sizeof(Int) == 4) there = reader.Fixed32(raw);
    if constexpr (sizeof(Int) == 8) there = reader.Fixed64(raw);
    *number = static_cast<Int>(raw);
    return there;
  };
  return (take(numbers) && ...) && reader.done();
}

}  // namespace strata::storage
