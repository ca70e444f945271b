// CRC-32C (Castagnoli, RFC 3720), by way of ISA-L.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata {

// The CRC of some bytes; or of `previous` followed by `bytes`, when `previous` is their CRC.
std::uint32_t Crc32c(std::string_view bytes, std::uint32_t previous = 0);

}  // namespace strata
