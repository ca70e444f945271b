#include "proto/base/durability.h"

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(DurabilityName, IsFoundAgain) {
  for (const auto durability : {Durability::kFsync, Durability::kOs, Durability::kNone}) {
    EXPECT_EQ(DurabilityNamed(DurabilityName(durability)), durability);
  }
  EXPECT_EQ(DurabilityName(Durability::kFsync), "fsync");
}

TEST(DurabilityName, IsTakenExactly) {
  for (const char* name : {"", "Fsync", "fsync ", "unknown", "disk"}) {
    EXPECT_EQ(DurabilityNamed(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace strata
