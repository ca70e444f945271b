// Parameters for tests that hold for every codec.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "proto/batch/compression.h"

namespace strata::testing {

inline auto RealCodecs() {
  return ::testing::Values(Compression::kGzip, Compression::kSnappy, Compression::kLz4,
                           Compression::kZstd);
}

inline auto AllCodecs() {
  return ::testing::Values(Compression::kNone, Compression::kGzip, Compression::kSnappy,
                           Compression::kLz4, Compression::kZstd);
}

inline std::string CodecName(const ::testing::TestParamInfo<Compression>& parameter) {
  return std::string(CompressionName(parameter.param));
}

}  // namespace strata::testing
