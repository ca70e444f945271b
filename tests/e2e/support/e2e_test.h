// What most end-to-end tests begin with: a broker on a fresh directory, and the command for it.
#pragma once

#include <string_view>

#include <gtest/gtest.h>

#include "tests/e2e/support/command.h"
#include "tests/support/process/broker.h"
#include "tests/support/temp_dir.h"

namespace strata::e2e {

class E2eTest : public ::testing::Test {
 protected:
  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data"};
  StrataCommand strata_{broker_.address()};
};

// EXPECT_EQ would print megabytes.
inline ::testing::AssertionResult SameBytes(std::string_view actual, std::string_view expected) {
  if (actual == expected) return ::testing::AssertionSuccess();
  std::size_t at = 0;
  while (at < actual.size() && at < expected.size() && actual[at] == expected[at]) ++at;
  return ::testing::AssertionFailure()
         << "differ at byte " << at << " of " << actual.size() << " and " << expected.size();
}

}  // namespace strata::e2e
