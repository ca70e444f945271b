#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"
#include "storage/encoding/quote.h"

namespace strata::storage {
namespace {

constexpr auto kMax64 = std::numeric_limits<std::uint64_t>::max();

TEST(ByteWriterTest, FixedIntegersAreBigEndianAndVarintsLittle) {
  ByteWriter writer;
  writer.Byte(0xff);
  writer.Fixed32(0x01020304);
  writer.Fixed64(0x05060708090a0b0c);
  writer.Varint(300);
  writer.Sized("ab");
  EXPECT_EQ(writer.Take(),
            "\xff\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\xac\x02\x02"
            "ab");
}

TEST(ByteReaderTest, ReadsBackWhatWasWritten) {
  const std::vector<std::uint64_t> numbers = {0, 1, 127, 128, 16383, 16384, 1ULL << 63, kMax64};
  for (const std::uint64_t number : numbers) {
    ByteWriter writer;
    writer.Varint(number);
    writer.Fixed64(number);
    writer.Fixed32(static_cast<std::uint32_t>(number));
    writer.Sized("name");
    const std::string bytes = writer.Take();
    ByteReader reader(bytes);
    std::uint64_t varint = 1, fixed64 = 1;
    std::uint32_t fixed32 = 1;
    std::string_view name;
    ASSERT_TRUE(reader.Varint(varint) && reader.Fixed64(fixed64) && reader.Fixed32(fixed32) &&
                reader.Sized(name) && reader.done());
    EXPECT_EQ(varint, number);
    EXPECT_EQ(fixed64, number);
    EXPECT_EQ(fixed32, static_cast<std::uint32_t>(number));
    EXPECT_EQ(name, "name");
  }
}

TEST(ByteReaderTest, RefusesWhatIsCutShortAndTakesNothing) {
  std::uint64_t number = 0;
  std::uint32_t small = 0;
  std::uint8_t byte = 0;
  std::string_view bytes;
  EXPECT_FALSE(ByteReader("").Byte(byte));
  EXPECT_FALSE(ByteReader("abc").Fixed32(small));
  EXPECT_FALSE(ByteReader("abcdefg").Fixed64(number));
  EXPECT_FALSE(ByteReader("\x80\x80").Varint(number));
  ByteReader sized(
      "\x05"
      "abcd");
  EXPECT_FALSE(sized.Sized(bytes));
  EXPECT_EQ(sized.rest().size(), 5u);
}

TEST(ByteReaderTest, RefusesAVarintOfMoreThan64Bits) {
  std::uint64_t number = 0;
  EXPECT_TRUE(ByteReader(std::string(9, '\xff') + "\x01").Varint(number));
  EXPECT_EQ(number, kMax64);
  EXPECT_FALSE(ByteReader(std::string(9, '\xff') + "\x02").Varint(number));
  EXPECT_FALSE(ByteReader(std::string(10, '\xff') + "\x01").Varint(number));
}

TEST(QuoteTest, ShowsAnyBytesAsPrintableOnes) {
  EXPECT_EQ(Quote("a b"), "'a b'");
  EXPECT_EQ(Quote(std::string_view("\0\n\xff", 3)), "'\\x00\\x0a\\xff'");
  EXPECT_EQ(Quote(std::string(300, 'x')), "'" + std::string(256, 'x') + "...'");
}

}  // namespace
}  // namespace strata::storage
