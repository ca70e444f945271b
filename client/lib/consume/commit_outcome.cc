#include "client/lib/consume/commit_outcome.h"

#include <utility>

namespace strata {
namespace {

bool LeavesOpen(ErrorCode code) {
  return code == ErrorCode::UNAVAILABLE || code == ErrorCode::TIMEOUT ||
         code == ErrorCode::CANCELLED || code == ErrorCode::SHUTTING_DOWN;
}

int HowBad(const Result<void>& result) {
  if (result) return 0;
  const ErrorCode code = result.error().code;
  if (LeavesOpen(code)) return 3;
  return code == ErrorCode::STALE_GENERATION || code == ErrorCode::NOT_ASSIGNED ? 1 : 2;
}

}  // namespace

Error OfCommitsUnderWay(const Error& end) {
  const bool is_answer =
      end.code == ErrorCode::NO_PROGRESS || end.code == ErrorCode::INSTANCE_REPLACED;
  if (is_answer || LeavesOpen(end.code)) return end;
  return {ErrorCode::UNAVAILABLE, "the stream ended with a commit under way: " + end.message};
}

void KeepWorse(Result<void> part, Result<void>* whole) {
  if (HowBad(part) > HowBad(*whole)) *whole = std::move(part);
}

}  // namespace strata
