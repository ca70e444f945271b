// The codecs one by one, behind ../compression.h, which holds what they promise.
//
// Inputs are parts of a batch, so they are shorter than 2 GiB. Every Decompress function takes
// exactly one frame (of xerial snappy: one run of chunks) and refuses what follows it: several
// frames would let readers disagree about where the records end.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace strata::codecs {

void CompressGzip(int level, std::string_view input, std::string* out);
void CompressSnappy(std::string_view input, std::string* out);
void CompressLz4(int level, std::string_view input, std::string* out);
void CompressZstd(int level, std::string_view input, std::string* out);

Result<std::string> DecompressGzip(std::string_view input, std::size_t max_bytes);
Result<std::string> DecompressSnappy(std::string_view input, std::size_t max_bytes);
Result<std::string> DecompressLz4(std::string_view input, std::size_t max_bytes);
Result<std::string> DecompressZstd(std::string_view input, std::size_t max_bytes);

}  // namespace strata::codecs
