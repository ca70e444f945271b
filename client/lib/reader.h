// Reads one partition from a position on, without a group: replay, tools, tests.
//
// Use a Reader from one thread. It has no thread of its own: gRPC's read a few responses ahead, and
// Poll decodes them. When the way to the broker breaks, Poll opens it again after a back-off and
// reads on where it was.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/position.h"
#include "proto/base/types.h"
#include "proto/batch/record.h"

namespace strata {

struct ReaderOptions {
  std::size_t max_bytes = 1 << 20;  // of one response of the broker
  // Finish at the end as it is when the reading begins, instead of waiting for more.
  bool stop_at_end = false;
  // Called whenever Poll may have something new, on a thread of gRPC's: for a thread that waits for
  // many Readers at once. Must be short.
  std::function<void()> on_ready;
};

class Reader {
 public:
  // Begins to read; errors of the broker come from Poll.
  static Result<std::unique_ptr<Reader>> Open(std::shared_ptr<Connection> connection,
                                              std::string topic, std::int32_t partition,
                                              Position from, ReaderOptions options = {});
  virtual ~Reader() = default;

  // The next records, at least one, or none if `wait` passed without any, or at_end. The views are
  // valid until the next call. UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE, CORRUPT_LOG,
  // and CORRUPT_BATCH if a batch was damaged on its way: another Poll tries again from there.
  virtual Result<std::vector<RecordView>> Poll(std::chrono::milliseconds wait) = 0;

  // Where the next record will come from; -1 if that is not known before the first answer.
  virtual Offset position() const = 0;

  // Behind the newest visible record, as of the last answer; -1 before the first one.
  virtual Offset end() const = 0;

  // With stop_at_end: Poll has returned everything there was.
  virtual bool at_end() const = 0;
};

}  // namespace strata
