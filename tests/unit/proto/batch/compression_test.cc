#include "proto/batch/compression.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/proto/testing/codecs.h"

namespace strata {
namespace {

constexpr std::size_t kPlenty = 64 << 20;

std::string Compressed(Compression codec, std::string_view input, int level = 0) {
  std::string out;
  Compress(codec, level, input, &out);
  return out;
}

std::string Text(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i) + " of a log\n";
  text.resize(bytes);
  return text;
}

std::string Noise(std::size_t bytes) {
  std::mt19937 random(42);
  std::string noise(bytes, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  return noise;
}

class EveryCodec : public ::testing::TestWithParam<Compression> {};
class EveryRealCodec : public ::testing::TestWithParam<Compression> {};

INSTANTIATE_TEST_SUITE_P(Compression, EveryCodec, testing::AllCodecs(), testing::CodecName);
INSTANTIATE_TEST_SUITE_P(Compression, EveryRealCodec, testing::RealCodecs(), testing::CodecName);

TEST_P(EveryCodec, InflatesToWhatWasCompressedWhateverItsSize) {
  for (const std::size_t size : {1, 2, 100, 32767, 32768, 32769, 65536, 1 << 20, (3 << 20) + 7}) {
    for (const std::string& input : {Text(size), Noise(size), std::string(size, '\0')}) {
      const auto output = Decompress(GetParam(), Compressed(GetParam(), input), kPlenty);
      ASSERT_TRUE(output) << output.error().message;
      ASSERT_EQ(*output, input) << size;
    }
  }
}

TEST_P(EveryCodec, AppendsToWhatIsThere) {
  std::string out = "head";
  Compress(GetParam(), 0, "body", &out);
  ASSERT_EQ(out.substr(0, 4), "head");
  EXPECT_EQ(*Decompress(GetParam(), std::string_view(out).substr(4), kPlenty), "body");
}

TEST_P(EveryCodec, TakesExactlyTheLimitAndNotAByteMore) {
  for (const std::size_t size : {1, 1000, 100'000, 1'000'000}) {
    const std::string compressed = Compressed(GetParam(), Text(size));
    EXPECT_TRUE(Decompress(GetParam(), compressed, size)) << size;
    const auto refused = Decompress(GetParam(), compressed, size - 1);
    ASSERT_FALSE(refused) << size;
    EXPECT_EQ(refused.error().code, ErrorCode::INVALID_BATCH);
    EXPECT_EQ(refused.error().message,
              "the records inflate beyond the limit of " + std::to_string(size - 1) + " bytes");
  }
}

TEST_P(EveryRealCodec, TakesEveryLevelThatAnybodyMayAskFor) {
  const std::string input = Text(300'000);
  for (const int level : {-1000, -1, 1, 9, 12, 19, 20, 22, 1000}) {
    const auto output = Decompress(GetParam(), Compressed(GetParam(), input, level), kPlenty);
    ASSERT_TRUE(output) << level << ": " << output.error().message;
    ASSERT_EQ(*output, input) << level;
  }
}

TEST_P(EveryRealCodec, MakesTextSmaller) {
  EXPECT_LT(Compressed(GetParam(), Text(100'000)).size(), 40'000u);
}

TEST_P(EveryRealCodec, RefusesEveryPrefix) {
  const std::string compressed = Compressed(GetParam(), Text(70'000));
  for (std::size_t length = 0; length < compressed.size(); length += 1 + length / 50) {
    const auto output =
        Decompress(GetParam(), std::string_view(compressed).substr(0, length), kPlenty);
    // Between two chunks of snappy's framing nothing tells that another one should follow.
    if (GetParam() == Compression::kSnappy && output) {
      EXPECT_LT(output->size(), 70'000u);
      continue;
    }
    ASSERT_FALSE(output) << length;
    EXPECT_EQ(output.error().code, ErrorCode::INVALID_BATCH);
  }
}

TEST_P(EveryRealCodec, RefusesWhatFollowsTheEnd) {
  const std::string compressed = Compressed(GetParam(), Text(1000));
  for (const std::string& tail : {std::string("x"), std::string(100, '\0'), compressed}) {
    const auto output = Decompress(GetParam(), compressed + tail, kPlenty);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::INVALID_BATCH);
  }
}

TEST_P(EveryRealCodec, RefusesNoise) {
  for (const std::size_t size : {1, 16, 1000, 100'000}) {
    EXPECT_FALSE(Decompress(GetParam(), Noise(size), kPlenty)) << size;
  }
}

TEST_P(EveryRealCodec, SurvivesEveryFlippedBit) {
  const std::string input = Text(2000);
  std::string compressed = Compressed(GetParam(), input);
  for (std::size_t bit = 0; bit < compressed.size() * 8; ++bit) {
    compressed[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const auto output = Decompress(GetParam(), compressed, 10'000);
    if (output) {
      EXPECT_LE(output->size(), 10'000u);
    }
    compressed[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(Zstd, StaysWithinTheWindowThatIsReadEvenAtItsHighestLevel) {
  const std::string input(12 << 20, '\0');
  const auto output =
      Decompress(Compression::kZstd, Compressed(Compression::kZstd, input, 22), kPlenty);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->size(), input.size());
}

TEST(CompressionNames, AreThoseOfTheCommandLine) {
  for (const std::string_view name : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    const auto codec = CompressionFromName(name);
    ASSERT_TRUE(codec) << name;
    EXPECT_EQ(CompressionName(*codec), name);
  }
  EXPECT_FALSE(CompressionFromName("brotli"));
  EXPECT_FALSE(CompressionFromName("GZIP"));
  EXPECT_FALSE(CompressionFromName(""));
}

TEST(Decompress, RefusesAnUnknownCodec) {
  const auto output = Decompress(static_cast<Compression>(5), "x", kPlenty);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::UNSUPPORTED_BATCH);
}

}  // namespace
}  // namespace strata
