// Judges a history. Pure: no clock, no I/O, no thread, no knowledge of the broker.
//
//   I1  every acked record is readable at its acked offset, with the same bytes; a read does not
//       fail when nothing is wrong with the disk
//   I2  offsets are dense and unique, and never change; a read within the log comes to something
//   I3  what was acked before another call began lies before what that call has appended; what was
//       once read never vanishes; a log start that was seen never goes back
//   I4  no record that nobody sent; what has definitely failed is absent, and what a restart has
//       not left there does not come back
//   I5  a batch that was sent with a producer's stamp is stored at most once, in order of its epoch
//       and sequence; any other at most as often as it was sent. A batch that follows is never
//       refused as out of order, one behind a gap or of a fenced epoch never acked
//   I6  a commit that was acked survives, never exceeds the log end, never goes back by itself; the
//       same for metadata
//   I7  where compaction is allowed, a record that was there is missing only if a later one of its
//   key
//       is there, or may be; the last of a key is there, unless it is a tombstone that may expire,
//       and then nothing is there of what it deletes. What has gone does not come back
//   I8  after an I/O error nothing is acked until the partition, or the store, was opened anew
//   I9  appends succeed within 30 s of healing; beyond the history, a store on a disk that is in
//       order opens, and all of it can be read
//
// What was appended or shown without waiting for the disk counts until the power is lost.
#pragma once

#include <string>
#include <vector>

#include "tests/fault/history/history.h"

namespace strata::testing {

struct Violation {
  std::string invariant;    // "I1"
  std::string description;  // names partition, offset, payload, event
};

// In order of the events that show them; empty: all is well.
std::vector<Violation> CheckHistory(const std::vector<Event>& events);

// One line for each, for a test's message.
std::string Describe(const std::vector<Violation>& violations);

}  // namespace strata::testing
