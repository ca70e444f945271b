// A segment as lines of text for people, and as lines of JSON for programs: a line for each batch,
// record and gap, and one for how it ends. Pure.
#pragma once

#include <memory>
#include <string>

#include "proto/batch/record.h"
#include "storage/log/batch_scanner.h"
#include "storage/tool/walk/segment_walk.h"

namespace strata::storage::tool {

// How a segment ends.
struct SegmentEnd {
  ScanEnd how = ScanEnd::kEndOfData;
  std::int64_t position = 0;  // behind the last good batch
  Offset next_offset = 0;
  std::int64_t file_bytes = 0;
};

// Each method returns whole lines.
class SegmentText {
 public:
  virtual ~SegmentText() = default;

  virtual std::string Title() const = 0;
  virtual std::string Batch(const BatchPlace& batch) const = 0;
  virtual std::string Record(const RecordView& record) const = 0;
  // The records of a batch cannot be read (any further).
  virtual std::string BadRecords(const std::string& why) const = 0;
  virtual std::string Gap(const tool::Gap& gap) const = 0;
  virtual std::string Unreadable(const UnreadablePart& part) const = 0;
  virtual std::string End(const SegmentEnd& end) const = 0;

  static std::unique_ptr<SegmentText> ForPeople();
  static std::unique_ptr<SegmentText> ForPrograms();
};

}  // namespace strata::storage::tool
