#include "tests/fault/history/work_log.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace strata::testing {
namespace {

TEST(WorkLog, WhatIsWrittenIsRead) {
  const std::string text =
      WorkLine(ProcessedRecord{WorkTime(12), 3, 45, 678, 91}) +
      WorkLine(CommitMade{WorkTime(13), WorkTime(14), 4, 46, 679, Outcome::kFailed});
  MemberWork work;
  EXPECT_EQ(ReadWork(text, &work), text.size());
  ASSERT_EQ(work.processed.size(), 1U);
  EXPECT_EQ(WorkLine(work.processed[0]) + "c", text.substr(0, text.find('\n') + 2));
  ASSERT_EQ(work.commits.size(), 1U);
  EXPECT_EQ(work.commits[0].told, WorkTime(14));
  EXPECT_EQ(work.commits[0].outcome, Outcome::kFailed);
  EXPECT_EQ(WorkLine(work.processed[0]) + WorkLine(work.commits[0]), text);
}

TEST(WorkLog, ALineThatIsNotWholeYetIsLeft) {
  const std::string whole = WorkLine(ProcessedRecord{WorkTime(12), 3, 45, 678, 91});
  MemberWork work;
  EXPECT_EQ(ReadWork(whole + whole.substr(0, whole.size() - 1), &work), whole.size());
  EXPECT_EQ(work.processed.size(), 1U);
}

TEST(WorkLog, WhatIsNoSuchLineIsRefused) {
  MemberWork work;
  EXPECT_THROW(ReadWork("p 1 2\n", &work), std::runtime_error);
  EXPECT_THROW(ReadWork("x 1 2 3 4 5 6\n", &work), std::runtime_error);
}

}  // namespace
}  // namespace strata::testing
