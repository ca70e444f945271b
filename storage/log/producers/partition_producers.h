// The producers of one partition, for its write path: what may be appended, and what has to be
// noted so that a later start knows as much.
//
// A note is taken when everything written is flushed, so that it is never ahead of the log; and not
// before the log has grown by a multiple of what the note weighs. What a crash leaves beyond the
// last note is what recovery reads again.
//
// Owned by the thread of one log writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "storage/log/producers/producer_fences.h"
#include "storage/log/producers/producer_table.h"

namespace strata::storage {

class PartitionProducers {
 public:
  using TimePoint = ProducerTable::TimePoint;

  // `table` knows of all batches of the log. `noted_as_of`: up to where that is noted already; -1:
  // nothing is. `fences` outlives this object.
  PartitionProducers(const ProducerFences& fences, ProducerTable table, Offset noted_as_of)
      : fences_(fences), table_(std::move(table)), noted_as_of_(noted_as_of) {}

  // As ProducerTable::Check, for any batch: one without a producer is always new.
  Result<std::optional<Offset>> Check(const BatchHeader& header) const;

  // The batch has got its place; if its write fails, nothing more is noted.
  void Place(const BatchHeader& header, TimePoint now);

  // Everything below `stable`, the end of the log, is on disk: takes a note if it is time for one.
  void Flushed(Offset stable);

  // The note that was taken, if it is newer than what was noted last.
  std::optional<std::string> TakeNote();

  // A note as of the end of the log, all of which is on disk; nothing if that is noted already.
  std::optional<std::string> TakeNoteOfEnd(Offset log_end);

  // What was taken last could not be written: nothing is known to be noted.
  void NoteLost() { noted_as_of_ = -1; }

 private:
  std::string Encode(Offset as_of);

  const ProducerFences& fences_;
  ProducerTable table_;
  Offset noted_as_of_;
  std::optional<std::string> note_;    // taken and not handed out yet
  bool note_wanted_ = true;            // since the last one was handed out
  std::int64_t bytes_since_note_ = 0;  // that the log has grown by
};

}  // namespace strata::storage
