#include "storage/rocks/record_log.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/crc32c.h"
#include "tests/support/memory_file.h"

namespace strata::storage {
namespace {

using strata::testing::MemoryFile;

constexpr std::size_t kBlock = 32 << 10;

void AppendLittleEndian(std::string* out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> 8 * i));
}

std::string Piece(char type, const std::string& data) {
  const std::uint32_t crc = Crc32c(std::string(1, type) + data);
  std::string piece;
  AppendLittleEndian(&piece, (crc >> 15 | crc << 17) + 0xa282ead8U, 4);
  AppendLittleEndian(&piece, static_cast<std::uint32_t>(data.size()), 2);
  return piece + type + data;
}

std::string Full(const std::string& data) {
  return Piece(1, data);
}

std::int64_t EndOf(const std::string& content) {
  return EndOfWholeRecords(MemoryFile(content)).value();
}

TEST(RecordLog, AnEmptyFileIsWhole) {
  EXPECT_EQ(EndOf(""), 0);
}

TEST(RecordLog, WholeRecordsEndWithTheFile) {
  const std::string content = Full("abc") + Full("") + Full("defg");
  EXPECT_EQ(EndOf(content), static_cast<std::int64_t>(content.size()));
}

TEST(RecordLog, ARecordMaySpanBlocks) {
  const std::string first = Piece(2, std::string(kBlock - 7, 'a'));
  const std::string middle = Piece(3, std::string(kBlock - 7, 'b'));
  const std::string content = first + middle + Piece(4, "c") + Full("d");
  EXPECT_EQ(EndOf(content), static_cast<std::int64_t>(content.size()));
  EXPECT_EQ(EndOf(first + middle), 0) << "it has no end";
  EXPECT_EQ(EndOf(Full("x")), 8);
}

TEST(RecordLog, ABlockEndsInZerosWhereNoHeaderFits) {
  const std::string content =
      Full(std::string(kBlock - 7 - 6, 'a')) + std::string(6, '\0') + Full("b");
  EXPECT_EQ(EndOf(content), static_cast<std::int64_t>(content.size()));
}

TEST(RecordLog, AFewZerosWithinABlockBelongToNoRecord) {
  for (std::size_t zeros = 1; zeros < 20; ++zeros) {
    EXPECT_EQ(EndOf(Full("abc") + std::string(zeros, '\0')), 10) << zeros;
  }
}

TEST(RecordLog, CutAnywhereItEndsBehindTheLastWholeRecord) {
  const std::string content = Full("abc") + Full("defg");
  for (std::size_t cut = 0; cut < content.size(); ++cut) {
    EXPECT_EQ(EndOf(content.substr(0, cut)), cut < 10 ? 0 : 10) << cut;
  }
}

TEST(RecordLog, AnyBitThatHasFlippedEndsItBeforeItsRecord) {
  const std::string content = Full("abc") + Full("defg") + Full("h");
  for (std::size_t bit = 0; bit < content.size() * 8; ++bit) {
    std::string damaged = content;
    damaged[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ 1U << bit % 8);
    const std::int64_t expected = bit / 8 < 10 ? 0 : bit / 8 < 21 ? 10 : 21;
    EXPECT_EQ(EndOf(damaged), expected) << "bit " << bit;
  }
}

TEST(RecordLog, ZerosAreNoRecords) {
  EXPECT_EQ(EndOf(Full("abc") + std::string(100, '\0')), 10);
  EXPECT_EQ(EndOf(Full("abc") + std::string(kBlock, '\0') + Full("abc")), 10);
}

TEST(RecordLog, PiecesOutOfOrderAreNoRecords) {
  EXPECT_EQ(EndOf(Full("abc") + Piece(4, "x")), 10);
  EXPECT_EQ(EndOf(Full("abc") + Piece(2, "x") + Full("y")), 10);
  EXPECT_EQ(EndOf(Full("abc") + Piece(5, "x")), 10);
}

struct Copied {
  std::string content;
  std::vector<DamagedPart> damaged;
};

Copied Copy(const std::string& content) {
  MemoryFile to;
  auto damaged = CopyWholeRecords(MemoryFile(content), to).value();
  return {to.content, std::move(damaged)};
}

TEST(CopyOfARecordLog, HasAllWholeRecords) {
  const std::string content = Full("abc") + Full("") + Full(std::string(200, 'x'));
  const Copied copied = Copy(content);
  EXPECT_EQ(copied.content, content);
  EXPECT_TRUE(copied.damaged.empty());
}

TEST(CopyOfARecordLog, LosesOneRecordByAnyBitThatHasFlipped) {
  const std::string first = Full("abc");
  const std::string second = Full("def");
  const std::string third = Full("ghi");
  for (std::size_t bit = 0; bit < second.size() * 8; ++bit) {
    std::string damaged = second;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    const Copied copied = Copy(first + damaged + third);
    EXPECT_EQ(copied.content, first + third) << bit;
    ASSERT_EQ(copied.damaged.size(), 1U) << bit;
    EXPECT_EQ(copied.damaged[0].position, static_cast<std::int64_t>(first.size())) << bit;
    EXPECT_EQ(copied.damaged[0].bytes, static_cast<std::int64_t>(second.size())) << bit;
  }
}

TEST(CopyOfARecordLog, DoesNotTakeDataForARecord) {
  std::string holder = Full("look: " + Full("not a record of this log"));
  holder[8] ^= 1;
  EXPECT_EQ(Copy(holder + Full("last")).content, Full("last"));
}

TEST(CopyOfARecordLog, LosesARecordOfWhichAPieceIsDamaged) {
  std::string first = Piece(2, std::string(kBlock - 7, 'a'));
  first[100] ^= 1;
  const Copied copied = Copy(first + Piece(4, "b") + Full("c"));
  EXPECT_EQ(copied.content, Full("c"));
  EXPECT_EQ(copied.damaged, (std::vector<DamagedPart>{{0, kBlock}}));
}

TEST(CopyOfARecordLog, SpaceThatWasReservedIsNoDamage) {
  EXPECT_TRUE(Copy(Full("a") + std::string(500, '\0')).damaged.empty());
}

}  // namespace
}  // namespace strata::storage
