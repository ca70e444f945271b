// What `strata consume` was asked for, and how records become output: shared by reading without a
// group (consume_partitions.cc) and with one (consume_group.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/interrupt.h"
#include "client/cli/record_format.h"
#include "client/cli/sink.h"
#include "client/lib/admin.h"
#include "client/lib/connection.h"
#include "client/lib/consumer.h"
#include "client/lib/position.h"

namespace strata::cli {

struct ConsumeOptions {
  std::vector<std::string> topics;  // one; several only with a group
  std::optional<std::string> group;
  bool pattern = false;  // the topic is a regular expression; only with a group
  // Of a member of the group; what stands here unchanged is for the broker to say.
  AssignmentStrategy strategy = AssignmentStrategy::kUniform;
  std::string instance_id;
  std::int64_t return_within_s = 0;
  std::int64_t max_processing_s = 0;
  std::optional<Position> from;
  std::optional<std::int32_t> partition;
  std::optional<std::uint64_t> max_records;
  bool exit_at_end = false;
  bool commit = true;
  std::optional<std::uint64_t> commit_every;
  std::optional<RecordFormat> format;  // absent: JSON
};

// Writes records until there were enough, or nobody reads them any more. Use it from one thread.
class RecordWriter {
 public:
  explicit RecordWriter(const ConsumeOptions& options);

  // Only while !finished().
  Result<void> Write(std::string_view topic, std::int32_t partition, const RecordView& record);
  Result<void> Flush() { return sink_.Flush(); }

  bool finished() const { return written_ == max_records_ || sink_.closed(); }
  // What was written last may not have reached anybody.
  bool closed() const { return sink_.closed(); }
  std::uint64_t written() const { return written_; }

 private:
  const std::optional<RecordFormat>& format_;
  const std::uint64_t max_records_;
  std::uint64_t written_ = 0;
  Sink sink_;
};

// Both return when there were enough records, at the end if that was asked for, or on a signal.
Result<void> ConsumePartitions(const std::shared_ptr<Connection>& connection,
                               const TopicDescription& topic, const ConsumeOptions& options,
                               RecordWriter& writer, Interrupt& interrupt);
Result<void> ConsumeAsGroup(const std::shared_ptr<Connection>& connection,
                            const ConsumeOptions& options, RecordWriter& writer,
                            Interrupt& interrupt);

}  // namespace strata::cli
