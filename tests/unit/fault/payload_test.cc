#include "tests/fault/history/payload.h"

#include <string>

#include <gtest/gtest.h>

namespace strata::testing {
namespace {

TEST(PayloadTest, IsKnownByItsBytesAlone) {
  for (const PayloadId id : {1u, 2u, 77u, 123456u}) {
    std::string bytes = PayloadOf(id);
    EXPECT_EQ(PayloadIn(bytes), id);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    EXPECT_EQ(PayloadIn(bytes), kForeignPayload);
  }
  EXPECT_EQ(PayloadIn(PayloadOf(5) + "x"), kForeignPayload);
  EXPECT_EQ(PayloadIn(""), kForeignPayload);
  EXPECT_NE(PayloadOf(1), PayloadOf(2));
}

}  // namespace
}  // namespace strata::testing
