#include "proto/base/error.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/proto/testing/golden.h"

namespace strata {
namespace {

struct Entry {
  int number;
  std::string name;
  std::string status;
  std::string remedy;
};

std::vector<Entry> Table() {
  return {
#define STRATA_ERROR(number, name, grpc_status, remedy) {number, #name, #grpc_status, remedy},
#include "proto/base/errors.inc"
#undef STRATA_ERROR
  };
}

TEST(ErrorTable, HasEveryNumberAndNameOnce) {
  std::set<int> numbers;
  std::set<std::string> names;
  for (const Entry& entry : Table()) {
    EXPECT_TRUE(numbers.insert(entry.number).second) << entry.number;
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
  }
}

TEST(ErrorTable, FindsEveryCodeByItsName) {
  for (const Entry& entry : Table()) {
    const auto code = ErrorFromName(entry.name);
    ASSERT_TRUE(code) << entry.name;
    EXPECT_EQ(static_cast<int>(*code), entry.number);
    EXPECT_EQ(ErrorName(*code), entry.name);
    EXPECT_EQ(ErrorRemedy(*code), entry.remedy);
  }
  EXPECT_FALSE(ErrorFromName("NO_SUCH_ERROR"));
  EXPECT_FALSE(ErrorFromName(""));
}

TEST(ErrorTable, SpeaksInPlainClausesWithoutAFullStop) {
  for (const Entry& entry : Table()) {
    ASSERT_FALSE(entry.remedy.empty()) << entry.name;
    EXPECT_NE(entry.remedy.back(), '.') << entry.name;
    EXPECT_EQ(entry.remedy.find('\n'), std::string::npos) << entry.name;
  }
}

TEST(ErrorTable, MapsToTheCanonicalStatusCodes) {
  EXPECT_EQ(ErrorGrpcStatus(ErrorCode::UNKNOWN_TOPIC), 5);
  EXPECT_EQ(ErrorGrpcStatus(ErrorCode::STALE_GENERATION), 10);
  EXPECT_EQ(ErrorGrpcStatus(ErrorCode::CORRUPT_LOG), 15);
  for (const Entry& entry : Table()) {
    const int status = ErrorGrpcStatus(*ErrorFromName(entry.name));
    EXPECT_GE(status, 1) << entry.name;
    EXPECT_LE(status, 16) << entry.name;
  }
}

TEST(ErrorTable, TreatsAnUnknownNumberAsInternal) {
  EXPECT_EQ(ErrorName(static_cast<ErrorCode>(9999)), "INTERNAL");
}

// When this fails, the page lacks a row or has a wrong one; the message shows what to write.
TEST(ErrorPage, IsTheErrorTable) {
  std::string rows = "| number | reason | gRPC status | what to do |\n| ---: | --- | --- | --- |\n";
  for (const Entry& entry : Table()) {
    rows += "| " + std::to_string(entry.number) + " | `" + entry.name + "` | " + entry.status +
            " | " + entry.remedy + " |\n";
  }
  const std::string page = testing::ReadSourceFile("proto/base/ERRORS.md");
  const std::size_t table = page.find("| number |");
  ASSERT_NE(table, std::string::npos);
  EXPECT_EQ(page.substr(table), rows);
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorCode::INVALID_ARGUMENT, "7 is odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  STRATA_TRY_ASSIGN(const int half, Half(number));
  STRATA_TRY(Half(half));
  return half / 2;
}

TEST(Try, HandsTheValueOnOrReturnsTheError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(7).error().code, ErrorCode::INVALID_ARGUMENT);
  EXPECT_EQ(Quarter(6).error().message, "7 is odd");
}

Result<std::unique_ptr<int>> Boxed() {
  STRATA_TRY_ASSIGN(auto box, Result<std::unique_ptr<int>>(std::make_unique<int>(3)));
  return box;
}

TEST(Try, MovesValuesThatCannotBeCopied) {
  EXPECT_EQ(**Boxed(), 3);
}

}  // namespace
}  // namespace strata
