#include "storage/log/recovery_decision.h"

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

constexpr ScanEnd kDamaged[] = {ScanEnd::kIncompleteHeader, ScanEnd::kBadHeader,
                                ScanEnd::kUnknownVersion,   ScanEnd::kWrongOffset,
                                ScanEnd::kIncompleteBatch,  ScanEnd::kBadCrc};
constexpr ScanEnd kClean[] = {ScanEnd::kEndOfData, ScanEnd::kZeroedTail};

TEST(RecoveryDecision, ACleanEndAtOrAboveTheStableOffsetIsKept) {
  for (const ScanEnd end : kClean) {
    EXPECT_EQ(DecideTail(end, 10, 10), TailAction::kKeep);
    EXPECT_EQ(DecideTail(end, 11, 10), TailAction::kKeep);
  }
}

TEST(RecoveryDecision, DamageAtOrAboveTheStableOffsetIsCut) {
  for (const ScanEnd end : kDamaged) {
    EXPECT_EQ(DecideTail(end, 10, 10), TailAction::kCut);
    EXPECT_EQ(DecideTail(end, 11, 10), TailAction::kCut);
  }
}

TEST(RecoveryDecision, AnyEndBelowTheStableOffsetIsCorruption) {
  for (const ScanEnd end : kDamaged) EXPECT_EQ(DecideTail(end, 9, 10), TailAction::kRefuse);
  for (const ScanEnd end : kClean) EXPECT_EQ(DecideTail(end, 9, 10), TailAction::kRefuse);
}

}  // namespace
}  // namespace strata::storage
