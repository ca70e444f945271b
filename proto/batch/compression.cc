#include "proto/batch/compression.h"

#include "proto/batch/codecs/codecs.h"
#include "proto/batch/codecs/failures.h"

namespace strata {
namespace {

constexpr std::string_view kNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};

}  // namespace

std::string_view CompressionName(Compression compression) {
  return kNames[static_cast<std::size_t>(compression)];
}

std::optional<Compression> CompressionFromName(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Compression>(i);
  }
  return std::nullopt;
}

void Compress(Compression compression, int level, std::string_view input, std::string* out) {
  switch (compression) {
    case Compression::kNone:
      out->append(input);
      return;
    case Compression::kGzip:
      return codecs::CompressGzip(level, input, out);
    case Compression::kSnappy:
      return codecs::CompressSnappy(input, out);
    case Compression::kLz4:
      return codecs::CompressLz4(level, input, out);
    case Compression::kZstd:
      return codecs::CompressZstd(level, input, out);
  }
}

Result<std::string> Decompress(Compression compression, std::string_view input,
                               std::size_t max_bytes) {
  switch (compression) {
    case Compression::kNone:
      if (input.size() > max_bytes) return codecs::GrowsBeyond(max_bytes);
      return std::string(input);
    case Compression::kGzip:
      return codecs::DecompressGzip(input, max_bytes);
    case Compression::kSnappy:
      return codecs::DecompressSnappy(input, max_bytes);
    case Compression::kLz4:
      return codecs::DecompressLz4(input, max_bytes);
    case Compression::kZstd:
      return codecs::DecompressZstd(input, max_bytes);
  }
  return Fail(ErrorCode::UNSUPPORTED_BATCH,
              "unknown codec " + std::to_string(static_cast<int>(compression)));
}

}  // namespace strata
