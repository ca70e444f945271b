#include "client/cli/bench/stamp.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

TEST(Stamp, IsReadFromTheHeaderThatItHasMade) {
  const Stamp::TimePoint due{std::chrono::nanoseconds(1'234'567'890'123)};
  const Stamp stamp(due);
  RecordView record;
  record.headers = {{"other", "12345678"}, stamp.header()};
  EXPECT_EQ(Stamp::Of(record), due);
}

TEST(Stamp, IsMissingWhereNobodyHasMadeOne) {
  RecordView record;
  EXPECT_EQ(Stamp::Of(record), std::nullopt);
  record.headers = {{"t", "no time"}, {"t", std::nullopt}, {"u", "12345678"}};
  EXPECT_EQ(Stamp::Of(record), std::nullopt);
}

}  // namespace
}  // namespace strata::cli
