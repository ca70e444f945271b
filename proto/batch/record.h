// A record, in the two shapes that code hands around.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/types.h"

namespace strata {

// A name and value beside a record's payload; an absent value is null, not empty. Views.
struct HeaderView {
  std::string_view name;
  std::optional<std::string_view> value;
};

// A record as views into memory of somebody else's (the batch it was decoded from, or the caller's
// strings). Valid as long as that memory; copy what must live longer.
struct RecordView {
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // absent: a tombstone in a compacted topic
  std::vector<HeaderView> headers;
  TimestampMs timestamp_ms = kNoTimestamp;
  Offset offset = kNoOffset;  // set by decoding; ignored by encoding
};

struct Header {
  std::string name;
  std::optional<std::string> value;
};

// A record that owns its bytes.
struct Record {
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<Header> headers;
  TimestampMs timestamp_ms = kNoTimestamp;
  Offset offset = kNoOffset;
};

}  // namespace strata
