#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "storage/encoding/byte_reader.h"
#include "storage/encoding/byte_writer.h"
#include "storage/encoding/quote.h"

namespace strata::storage {
namespace {

TEST(ByteWriterTest, FixedIntegersAreBigEndian) {
  ByteWriter writer;
  writer.Fixed(std::uint8_t{0xff});
  writer.Fixed(std::uint32_t{0x01020304});
  writer.Fixed(std::uint64_t{0x05060708090a0b0c});
  writer.Varint(300);
  writer.Sized("ab");
  EXPECT_EQ(writer.Take(),
            "\xff\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\xac\x02\x02"
            "ab");
}

TEST(ByteReaderTest, ReadsBackWhatWasWritten) {
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{128}, std::numeric_limits<std::uint64_t>::max()}) {
    ByteWriter writer;
    writer.Varint(number);
    writer.Fixed(number);
    writer.Fixed(std::uint8_t{7});
    writer.Sized("name");
    const std::string bytes = writer.Take();
    ByteReader reader(bytes);
    std::uint64_t varint = 1, fixed = 1;
    std::uint8_t byte = 0;
    std::string_view name;
    ASSERT_TRUE(reader.Varint(&varint) && reader.Fixed(&fixed) && reader.Fixed(&byte) &&
                reader.Sized(&name) && reader.done());
    EXPECT_EQ(varint, number);
    EXPECT_EQ(fixed, number);
    EXPECT_EQ(byte, 7);
    EXPECT_EQ(name, "name");
  }
}

TEST(ByteReaderTest, RefusesWhatIsCutShort) {
  std::uint64_t number = 0;
  std::uint8_t byte = 0;
  std::string_view bytes;
  EXPECT_FALSE(ByteReader("").Fixed(&byte));
  EXPECT_FALSE(ByteReader("abcdefg").Fixed(&number));
  EXPECT_FALSE(ByteReader("\x80\x80").Varint(&number));
  EXPECT_FALSE(ByteReader("\x05"
                          "abcd")
                   .Sized(&bytes));
  EXPECT_FALSE(ByteReader("abc").Raw(4, &bytes));
}

TEST(QuoteTest, ShowsAnyBytesAsPrintableOnes) {
  EXPECT_EQ(Quote("a b"), "'a b'");
  EXPECT_EQ(Quote(std::string_view("\0\n\xff", 3)), "'\\x00\\x0a\\xff'");
  EXPECT_EQ(Quote(std::string(300, 'x')), "'" + std::string(256, 'x') + "...'");
}

}  // namespace
}  // namespace strata::storage
