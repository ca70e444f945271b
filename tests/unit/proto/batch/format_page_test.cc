// FORMAT.md says what the code does: its table of fields, and its worked example.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/header_layout.h"
#include "tests/unit/proto/testing/batches.h"
#include "tests/unit/proto/testing/golden.h"

namespace strata {
namespace {

using testing::FromHex;
using testing::Golden;
using testing::ReadSourceFile;

std::string FormatPage() {
  return ReadSourceFile("proto/batch/FORMAT.md");
}

// Each line of a ```hex block is bytes, two spaces or more, and what they are.
std::string BytesOfTheWorkedExample() {
  const std::string page = FormatPage();
  const std::size_t start = page.find("```hex\n") + 7;
  const std::size_t end = page.find("```", start);
  std::string bytes;
  for (std::size_t line = start; line < end; line = page.find('\n', line) + 1) {
    const std::string text = page.substr(line, page.find('\n', line) - line);
    bytes += FromHex(text.substr(0, text.find("  ")));
  }
  return bytes;
}

TEST(FormatPage, ShowsTheBytesOfTheGoldenBatch) {
  EXPECT_EQ(BytesOfTheWorkedExample(), Golden("worked_example"));
}

TEST(FormatPage, ListsEveryHeaderFieldWithItsOffsetAndSize) {
  const std::vector<std::pair<std::string, HeaderField>> fields = {
      {"base offset", kBaseOffsetField},
      {"batch length", kBatchLengthField},
      {"epoch", kEpochField},
      {"magic", kMagicField},
      {"crc", kCrcField},
      {"attributes", kAttributesField},
      {"last offset delta", kLastOffsetDeltaField},
      {"base timestamp", kBaseTimestampField},
      {"max timestamp", kMaxTimestampField},
      {"producer id", kProducerIdField},
      {"producer epoch", kProducerEpochField},
      {"base sequence", kBaseSequenceField},
      {"record count", kRecordCountField},
  };
  const std::string page = FormatPage();
  for (const auto& [name, field] : fields) {
    const std::string row = "| " + std::to_string(field.offset) + " | " +
                            std::to_string(field.bytes) + " | " + name + " |";
    EXPECT_NE(page.find(row), std::string::npos) << "FORMAT.md has no row " << row;
  }
}

}  // namespace
}  // namespace strata
