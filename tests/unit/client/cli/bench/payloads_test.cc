#include "client/cli/bench/payloads.h"

#include <fstream>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::cli {
namespace {

using ::testing::HasSubstr;

TEST(Payloads, OfASizeDifferFromOneToTheNext) {
  const Payloads payloads = Payloads::OfSize(100);
  std::set<std::string_view> seen;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(payloads.At(i).size(), 100U);
    seen.insert(payloads.At(i));
  }
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST(Payloads, OfASizeComeBackOnlyBehindFourMebibytes) {
  for (const std::size_t size : {7, 10, 100, 1024, 4096, 1 << 20}) {
    const Payloads payloads = Payloads::OfSize(size);
    EXPECT_GE(payloads.count() * size, (std::size_t{4} << 20) - size) << size;
    EXPECT_EQ(payloads.count() % 2, 1U) << size;
    EXPECT_EQ(payloads.At(payloads.count()).data(), payloads.At(0).data()) << size;
    EXPECT_EQ(payloads.At(1).data(), payloads.At(0).data() + size) << size;
  }
}

TEST(Payloads, MayBeEmptyOrHuge) {
  EXPECT_EQ(Payloads::OfSize(0).At(12'345), "");
  EXPECT_EQ(Payloads::OfSize(10 << 20).At(3).size(), std::size_t{10 << 20});
}

TEST(Payloads, AreTheLinesInTurnAndFromTheFirstAgain) {
  const auto payloads = Payloads::OfLines("one\n\nthree\r\nlast");
  ASSERT_TRUE(payloads);
  EXPECT_EQ(payloads->At(0), "one");
  EXPECT_EQ(payloads->At(1), "");
  EXPECT_EQ(payloads->At(2), "three\r");
  EXPECT_EQ(payloads->At(3), "last");
  EXPECT_EQ(payloads->At(4), "one");
}

TEST(Payloads, StayValidWhenTheyAreMoved) {
  auto made = Payloads::OfLines("a\nb\n");
  ASSERT_TRUE(made);
  const Payloads payloads = *std::move(made);
  EXPECT_EQ(payloads.At(1), "b");
  EXPECT_EQ(payloads.At(2), "a");
}

TEST(Payloads, NeedALine) {
  EXPECT_EQ(Payloads::OfLines("").error().code, ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(Payloads::OfLines("\n")->At(0), "");
}

TEST(Payloads, AreReadFromAFile) {
  const strata::testing::TempDir dir;
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "line " + std::to_string(i) + "\n";
  std::ofstream(dir / "lines", std::ios::binary) << text;
  const auto payloads = Payloads::OfFile(dir / "lines");
  ASSERT_TRUE(payloads) << payloads.error().message;
  EXPECT_EQ(payloads->At(299'999), "line 299999");
  EXPECT_EQ(payloads->At(300'000), "line 0");
}

TEST(Payloads, NameTheFileThatCannotBeUsed) {
  const strata::testing::TempDir dir;
  std::ofstream(dir / "empty", std::ios::binary) << "";
  const auto empty = Payloads::OfFile(dir / "empty");
  EXPECT_EQ(empty.error().code, ErrorCode::INVALID_ARGUMENT);
  EXPECT_THAT(empty.error().message, HasSubstr("empty"));
  for (const std::string& path : {dir / "none", dir.path()}) {
    const auto unreadable = Payloads::OfFile(path);
    ASSERT_FALSE(unreadable) << path;
    EXPECT_EQ(unreadable.error().code, ErrorCode::IO_ERROR);
    EXPECT_THAT(unreadable.error().message, HasSubstr(path));
  }
}

}  // namespace
}  // namespace strata::cli
