// What one member of a group has done, as its process writes it down line by line: what it has
// processed before it commits that, so that the notes of a process that was killed say all that it
// can have committed. A line that was cut short is none.
//
// Times are those of the steady clock, which all processes of a machine share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/types.h"
#include "tests/fault/history/history.h"

namespace strata::testing {

using WorkTime = std::chrono::nanoseconds;

inline WorkTime WorkNow() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

struct ProcessedRecord {
  WorkTime at{0};
  std::int32_t partition = 0;
  std::int64_t generation = 0;
  Offset offset = 0;
  PayloadId payload = kForeignPayload;
};

struct CommitMade {
  WorkTime begun{0};
  WorkTime told{0};  // when the answer was there
  std::int32_t partition = 0;
  std::int64_t generation = 0;
  Offset offset = 0;
  Outcome outcome = Outcome::kUnknown;
};

// In the order in which it was done.
struct MemberWork {
  std::vector<ProcessedRecord> processed;
  std::vector<CommitMade> commits;
};

// One line each, with its end.
std::string WorkLine(const ProcessedRecord& processed);
std::string WorkLine(const CommitMade& commit);

// Adds what whole lines of `text` say, and returns the size of those lines. Throws
// std::runtime_error if one of them is no such line.
std::size_t ReadWork(std::string_view text, MemberWork* work);

}  // namespace strata::testing
