// The three ways in which compressed records are refused, worded alike for every codec.
#pragma once

#include <string>

#include "proto/base/error.h"

namespace strata::codecs {

inline tl::unexpected<Error> Damaged(std::string codec) {
  return Fail(ErrorCode::INVALID_BATCH, "the " + codec + " data is damaged or cut off");
}

inline tl::unexpected<Error> GrowsBeyond(std::size_t max_bytes) {
  return Fail(ErrorCode::INVALID_BATCH,
              "the records inflate beyond the limit of " + std::to_string(max_bytes) + " bytes");
}

inline tl::unexpected<Error> Trailing(std::string codec, std::size_t count) {
  return Fail(ErrorCode::INVALID_BATCH,
              std::to_string(count) + " bytes follow the end of the " + codec + " data");
}

}  // namespace strata::codecs
