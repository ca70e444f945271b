#include "storage/encoding/quote.h"

namespace strata::storage {

std::string Quote(std::string_view name) {
  constexpr std::size_t kMostShown = 256;
  constexpr char kHexDigits[] = "0123456789abcdef";
  std::string quoted = "'";
  for (const char character : name.substr(0, kMostShown)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte < 0x7f) {
      quoted += character;
    } else {
      quoted += {'\\', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
  }
  return quoted + (name.size() > kMostShown ? "...'" : "'");
}

}  // namespace strata::storage
