// Judges what the members of one group have done, each by its notes. Pure: no clock, no I/O, no
// thread, no knowledge of the broker.
//
//   G1  every record that was acked is processed by somebody, at its offset and with its bytes
//   G2  no gap: when a commit has succeeded, and when a member begins with a partition, everything
//       below that offset has been processed by somebody; so has everything that is committed at
//       the end
//   G3  under one generation one member processes a partition, in order and without leaving
//       anything out
//   G4  no commit succeeds that begins when somebody has processed records of a newer generation
//
// For a partition whose offsets are dense and begin at 0, of a group that begins there.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tests/fault/history/checker.h"
#include "tests/fault/history/work_log.h"

namespace strata::testing {

struct AckedRecord {
  std::int32_t partition = 0;
  Offset offset = 0;
  PayloadId payload = kForeignPayload;
};

struct GroupWork {
  std::vector<MemberWork> members;  // a process that was started again is another one
  std::vector<AckedRecord> acked;
  std::map<std::int32_t, Offset> committed;  // at the end, by partition
};

// Some of each kind; empty: all is well.
std::vector<Violation> CheckWork(const GroupWork& work);

}  // namespace strata::testing
