// Small inputs that claim to be, or really are, far larger than any limit. They must be refused,
// and cost no more memory than the limit allows in finding that out.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <snappy.h>
#include <sys/resource.h>
#include <zlib.h>

#include "proto/base/big_endian.h"
#include "proto/batch/compression.h"
#include "tests/unit/proto/testing/batches.h"
#include "tests/unit/proto/testing/codecs.h"

namespace strata {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLimit = 1 << 20;
constexpr std::size_t kBombBytes = 1 << 30;
constexpr std::size_t kMemoryAllowed = 64 << 20;  // the limit, buffers, and a sanitizer's share

std::size_t PeakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

std::string GzipBomb() {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string zeros(1 << 20, '\0');
  std::string out(kBombBytes / 100, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (std::size_t done = 0; done < kBombBytes / 4; done += zeros.size()) {
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    deflate(&stream, Z_NO_FLUSH);
  }
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Lz4Bomb() {
  LZ4F_cctx* context = nullptr;
  LZ4F_createCompressionContext(&context, LZ4F_VERSION);
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max4MB;
  const std::string zeros(4 << 20, '\0');
  std::string room(LZ4F_compressBound(zeros.size(), &preferences), '\0');
  std::string out(room.data(), LZ4F_compressBegin(context, room.data(), room.size(), &preferences));
  for (std::size_t done = 0; done < kBombBytes; done += zeros.size()) {
    out.append(room.data(), LZ4F_compressUpdate(context, room.data(), room.size(), zeros.data(),
                                                zeros.size(), nullptr));
  }
  out.append(room.data(), LZ4F_compressEnd(context, room.data(), room.size(), nullptr));
  LZ4F_freeCompressionContext(context);
  return out;
}

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// By hand, after RFC 8878: a frame header, then blocks that repeat one byte 128 KiB times.
std::string ZstdBomb(std::string_view frame_header) {
  constexpr std::size_t kBlockBytes = 128 << 10;
  constexpr std::uint32_t kRepeatedByte = 1 << 1;
  std::string out = std::string(kZstdMagic) + std::string(frame_header);
  for (std::size_t done = 0; done < kBombBytes; done += kBlockBytes) {
    const bool last = done + kBlockBytes >= kBombBytes;
    const std::uint32_t block = (kBlockBytes << 3) | kRepeatedByte | (last ? 1 : 0);
    out.append({static_cast<char>(block), static_cast<char>(block >> 8),
                static_cast<char>(block >> 16), 'x'});
  }
  return out;
}

std::string SnappyChunk(std::string_view block) {
  std::string out(4, '\0');
  StoreBigEndian(out.data(), static_cast<std::uint32_t>(block.size()));
  return out.append(block);
}

std::string XerialBomb() {
  std::string block;
  const std::string zeros(1 << 20, '\0');
  snappy::Compress(zeros.data(), zeros.size(), &block);
  std::string out("\x82SNAPPY\0\0\0\0\1\0\0\0\1"sv);
  for (std::size_t done = 0; done < kBombBytes; done += zeros.size()) out += SnappyChunk(block);
  return out;
}

// A raw block that declares 4 GiB - 1 and holds next to nothing.
constexpr std::string_view kSnappyClaim = "\xff\xff\xff\xff\x0f\0x"sv;

void ExpectRefusedCheaply(Compression codec, std::string_view bomb) {
  const std::size_t before = PeakMemoryBytes();
  const auto output = Decompress(codec, bomb, kLimit);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::INVALID_BATCH);
  EXPECT_LT(PeakMemoryBytes() - before, kMemoryAllowed);

  BatchHeader header = testing::HeaderFor(1);
  header.attributes = static_cast<std::int16_t>(codec);
  BatchLimits limits;
  limits.max_inflated_bytes = kLimit;
  limits.max_batch_bytes = bomb.size() + kBatchHeaderBytes;
  EXPECT_EQ(testing::RefusalOf(testing::Seal(header, bomb), limits), ErrorCode::INVALID_BATCH);
}

TEST(DecompressionBomb, OfGzipIsRefused) {
  ExpectRefusedCheaply(Compression::kGzip, GzipBomb());
}

TEST(DecompressionBomb, OfLz4IsRefused) {
  ExpectRefusedCheaply(Compression::kLz4, Lz4Bomb());
}

TEST(DecompressionBomb, OfZstdIsRefusedIfItHidesItsSize) {
  const std::string_view window_of_1_mib = "\0\x50"sv;
  ExpectRefusedCheaply(Compression::kZstd, ZstdBomb(window_of_1_mib));
}

TEST(DecompressionBomb, OfZstdIsRefusedIfItDeclaresItsSize) {
  // Eight bytes of content size, window of 1 MiB.
  const std::string_view declares_1_gib = "\xc0\x50\0\0\0\x40\0\0\0\0"sv;
  ExpectRefusedCheaply(Compression::kZstd, ZstdBomb(declares_1_gib));
}

TEST(DecompressionBomb, OfZstdIsRefusedIfItUnderstatesItsSize) {
  const std::string_view declares_4_kib = "\xc0\x50\0\x10\0\0\0\0\0\0"sv;
  ExpectRefusedCheaply(Compression::kZstd, ZstdBomb(declares_4_kib));
}

TEST(DecompressionBomb, OfZstdIsRefusedIfItAsksForAHugeWindow) {
  const std::string_view window_of_128_mib = "\0\x88"sv;
  const auto output =
      Decompress(Compression::kZstd, ZstdBomb(window_of_128_mib), std::size_t{8} << 30);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message, "the zstd data asks for a window of more than 8 MiB");
}

TEST(DecompressionBomb, OfSnappyIsRefusedByWhatItDeclares) {
  ExpectRefusedCheaply(Compression::kSnappy, kSnappyClaim);
}

TEST(DecompressionBomb, OfSnappyIsRefusedInChunksToo) {
  ExpectRefusedCheaply(Compression::kSnappy, XerialBomb());
}

TEST(DecompressionBomb, OfSnappyCostsNothingEvenWithinAHugeLimit) {
  const std::size_t before = PeakMemoryBytes();
  EXPECT_FALSE(Decompress(Compression::kSnappy, kSnappyClaim, std::size_t{8} << 30));
  EXPECT_LT(PeakMemoryBytes() - before, kMemoryAllowed);
}

TEST(DecompressionBomb, OfZstdThatOnlyClaimsCostsNothingEvenWithinAHugeLimit) {
  const std::string claim = std::string(kZstdMagic) + std::string("\xc0\x50\0\0\0\xff\0\0\0\0"sv);
  const std::size_t before = PeakMemoryBytes();
  EXPECT_FALSE(Decompress(Compression::kZstd, claim, std::size_t{8} << 30));
  EXPECT_LT(PeakMemoryBytes() - before, kMemoryAllowed);
}

class ConcatenatedFrames : public ::testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(DecompressionBomb, ConcatenatedFrames, testing::RealCodecs(),
                         testing::CodecName);

TEST_P(ConcatenatedFrames, AreRefusedWhereTheFirstOneEnds) {
  std::string frame;
  Compress(GetParam(), 0, std::string(kLimit / 2, '\0'), &frame);
  std::string frames;
  for (int i = 0; i < 1000; ++i) frames += frame;
  ExpectRefusedCheaply(GetParam(), frames);
}

}  // namespace
}  // namespace strata
