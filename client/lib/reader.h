// Reads one partition from a position on, without a group: replay, tools, tests.
//
// Use a Reader from one thread. It reconnects by itself and reads on where it was.
#pragma once

#include <chrono>
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
};

class Reader {
 public:
  static Result<std::unique_ptr<Reader>> Open(std::shared_ptr<Connection> connection,
                                              std::string topic, std::int32_t partition,
                                              Position from, ReaderOptions options = {});
  virtual ~Reader() = default;

  // The next records, at least one, or none if `wait` passed without any. The views are valid until
  // the next call. UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE, CORRUPT_LOG, ...
  virtual Result<std::vector<RecordView>> Poll(std::chrono::milliseconds wait) = 0;

  // Where the next record will come from.
  virtual Offset position() const = 0;

  // Behind the newest visible record, as of the last answer; -1 before the first one.
  virtual Offset end() const = 0;
};

}  // namespace strata
