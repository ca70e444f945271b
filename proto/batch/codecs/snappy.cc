#include <algorithm>

#include <snappy.h>

#include "proto/base/big_endian.h"
#include "proto/batch/codecs/codecs.h"
#include "proto/batch/codecs/failures.h"

// Two forms: a raw snappy block
// (https://github.com/google/snappy/blob/main/format_description.txt), and the framing of
// snappy-java, which Kafka's Java client writes: a magic, two version numbers, then chunks of a
// length and a raw block each (https://github.com/xerial/snappy-java).
namespace strata::codecs {
namespace {

constexpr std::string_view kXerialMagic("\x82SNAPPY\0", 8);
constexpr std::int32_t kXerialVersion = 1;
constexpr std::size_t kXerialHeaderBytes = 16;
constexpr std::size_t kChunkLengthBytes = 4;
constexpr std::size_t kChunkInputBytes = 32 << 10;  // what snappy-java cuts its input into

// Snappy's densest element is three bytes that stand for 64. A block that declares more than this
// cannot be whole, and is not worth the memory that it asks for.
constexpr std::size_t kDensest = 64 / 3 + 1;

template <class Int>
void AppendBigEndian(Int value, std::string* out) {
  char bytes[sizeof(Int)];
  StoreBigEndian(bytes, value);
  out->append(bytes, sizeof(bytes));
}

// Inflates one raw block and appends it to `*out`, which stays within `max_bytes`.
Result<void> AppendBlock(std::string_view block, std::size_t max_bytes, std::string* out) {
  std::size_t declared = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &declared)) {
    return Damaged("snappy");
  }
  if (declared > max_bytes - out->size()) return GrowsBeyond(max_bytes);
  if (declared / kDensest > block.size()) return Damaged("snappy");
  const std::size_t before = out->size();
  out->resize(before + declared);
  if (!snappy::RawUncompress(block.data(), block.size(), out->data() + before)) {
    return Damaged("snappy");
  }
  return Ok();
}

Result<std::string> DecompressChunks(std::string_view chunks, std::size_t max_bytes) {
  std::string out;
  while (!chunks.empty()) {
    if (chunks.size() < kChunkLengthBytes) return Damaged("snappy");
    const auto length = LoadBigEndian<std::uint32_t>(chunks.data());
    chunks.remove_prefix(kChunkLengthBytes);
    if (length > chunks.size()) return Damaged("snappy");
    STRATA_TRY(AppendBlock(chunks.substr(0, length), max_bytes, &out));
    chunks.remove_prefix(length);
  }
  return out;
}

void AppendChunk(std::string_view input, std::string* out) {
  const std::size_t length_at = out->size();
  const std::size_t block_at = length_at + kChunkLengthBytes;
  out->resize(block_at + snappy::MaxCompressedLength(input.size()));
  std::size_t written = 0;
  snappy::RawCompress(input.data(), input.size(), out->data() + block_at, &written);
  StoreBigEndian(out->data() + length_at, static_cast<std::uint32_t>(written));
  out->resize(block_at + written);
}

}  // namespace

void CompressSnappy(std::string_view input, std::string* out) {
  out->append(kXerialMagic);
  AppendBigEndian(kXerialVersion, out);
  AppendBigEndian(kXerialVersion, out);  // the oldest version that can read it
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, kChunkInputBytes);
    AppendChunk(piece, out);
    input.remove_prefix(piece.size());
  }
}

Result<std::string> DecompressSnappy(std::string_view input, std::size_t max_bytes) {
  if (input.substr(0, kXerialMagic.size()) == kXerialMagic) {
    if (input.size() < kXerialHeaderBytes) return Damaged("snappy");
    return DecompressChunks(input.substr(kXerialHeaderBytes), max_bytes);
  }
  std::string out;
  STRATA_TRY(AppendBlock(input, max_bytes, &out));
  return out;
}

}  // namespace strata::codecs
