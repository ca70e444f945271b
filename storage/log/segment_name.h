// Names of the files and directories of a log. Built from numbers alone, never from user text.
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/types.h"
#include "storage/log_store.h"

namespace strata::storage {

// "<data>/topics", the parent of all that follows.
std::string TopicsDirectory(const std::string& data_dir);

// "<data>/topics/<topic id, 16 hex digits>", the parent of its partitions' directories.
std::string TopicDirectory(const std::string& data_dir, TopicId topic);

// "<data>/topics/<topic id, 16 hex digits>/<partition>".
std::string PartitionDirectory(const std::string& data_dir, PartitionId partition);

// "<base offset, 20 digits>.log", so that names sort as their offsets do.
std::string SegmentFileName(Offset base_offset);

// "<partition directory>/<segment file name>".
std::string SegmentPath(const std::string& data_dir, PartitionId partition, Offset base_offset);

// The base offset, or nothing if this is not the name of a segment.
std::optional<Offset> ParseSegmentFileName(std::string_view name);

// Where a segment is written anew before it replaces the one of the same base offset:
// "<segment path>.generation-<generation>".
std::string RewrittenPath(const std::string& data_dir, PartitionId partition, Offset base_offset,
                          std::uint32_t generation);
bool IsRewrittenFileName(std::string_view name);

// "partition 3 of topic 00000000000000ab", for messages.
std::string Describe(PartitionId partition);

// The same with the name of the topic, if it is not empty: "partition 0 of topic 'orders'".
std::string Describe(PartitionId partition, std::string_view topic_name);

}  // namespace strata::storage
