// The five codecs of the record batch, as Kafka frames them: gzip (RFC 1952), snappy (raw blocks or
// the "xerial" framing of snappy-java; written as xerial, both are read), lz4 (LZ4 frame format),
// zstd (RFC 8878).
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/batch/batch_header.h"

namespace strata {

// "none", "gzip", "snappy", "lz4", "zstd".
std::string_view CompressionName(Compression compression);
std::optional<Compression> CompressionFromName(std::string_view name);

// Appends the compressed form of `input` to `*out`. `level` as the codec counts it, 0 for its own
// default; ignored by none and snappy. Cannot fail but for lack of memory.
void Compress(Compression compression, int level, std::string_view input, std::string* out);

// The inflated form of `input`. INVALID_BATCH if it is damaged, is followed by other bytes, or
// would grow beyond `max_bytes`; memory never grows much beyond `max_bytes` in finding that out.
Result<std::string> Decompress(Compression compression, std::string_view input,
                               std::size_t max_bytes);

}  // namespace strata
