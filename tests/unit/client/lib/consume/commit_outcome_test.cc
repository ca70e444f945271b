#include "client/lib/consume/commit_outcome.h"

#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace strata {
namespace {

ErrorCode OfCommits(ErrorCode end) {
  return OfCommitsUnderWay({end, "why"}).code;
}

std::optional<ErrorCode> Worse(Result<void> a, Result<void> b) {
  KeepWorse(std::move(a), &b);
  if (b) return std::nullopt;
  return b.error().code;
}

TEST(CommitOutcome, OnlyTwoEndsOfAStreamSayThatACommitWasNotMade) {
  EXPECT_EQ(OfCommits(ErrorCode::NO_PROGRESS), ErrorCode::NO_PROGRESS);
  EXPECT_EQ(OfCommits(ErrorCode::INSTANCE_REPLACED), ErrorCode::INSTANCE_REPLACED);
  for (const ErrorCode end : {ErrorCode::INTERNAL, ErrorCode::OVERLOADED, ErrorCode::DISK_FULL,
                              ErrorCode::INVALID_ARGUMENT, ErrorCode::CORRUPT_BATCH}) {
    EXPECT_EQ(OfCommits(end), ErrorCode::UNAVAILABLE) << ErrorName(end);
  }
}

TEST(CommitOutcome, AnEndThatLeavesItOpenIsToldAsItIs) {
  for (const ErrorCode end : {ErrorCode::UNAVAILABLE, ErrorCode::TIMEOUT, ErrorCode::CANCELLED,
                              ErrorCode::SHUTTING_DOWN}) {
    EXPECT_EQ(OfCommits(end), end) << ErrorName(end);
  }
}

TEST(CommitOutcome, OfTwoPartsTheOneCountsThatSaysLessOfWhatWasMade) {
  const Result<void> made;
  const Result<void> lost = Fail(ErrorCode::STALE_GENERATION, "lost");
  const Result<void> refused = Fail(ErrorCode::DISK_FULL, "refused");
  const Result<void> open = Fail(ErrorCode::UNAVAILABLE, "open");
  EXPECT_EQ(Worse(made, made), std::nullopt);
  EXPECT_EQ(Worse(made, lost), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(Worse(lost, made), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(Worse(lost, refused), ErrorCode::DISK_FULL);
  EXPECT_EQ(Worse(refused, lost), ErrorCode::DISK_FULL);
  EXPECT_EQ(Worse(refused, open), ErrorCode::UNAVAILABLE);
  EXPECT_EQ(Worse(open, refused), ErrorCode::UNAVAILABLE);
}

}  // namespace
}  // namespace strata
