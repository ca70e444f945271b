// Rows of fixed numbers as bytes: big-endian, each as wide as its type, nothing between them. Keys
// made of numbers that are not negative sort as the numbers do.
#pragma once

#include <string>
#include <string_view>

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"

namespace strata::storage {

template <class... Ints>
std::string PackNumbers(Ints... numbers) {
  ByteWriter writer;
  (writer.Fixed(numbers), ...);
  return writer.Take();
}

// False if `bytes` are not exactly these numbers.
template <class... Ints>
bool UnpackNumbers(std::string_view bytes, Ints*... numbers) {
  ByteReader reader(bytes);
  return (reader.Fixed(numbers) && ...) && reader.done();
}

}  // namespace strata::storage
