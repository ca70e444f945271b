// A record as one line of JSON. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/batch/record.h"

namespace strata::cli {

// Appends {"topic", "partition", "offset", "timestamp_ms", "key", "value", "headers"} and a newline
// to `*out`. An absent key or value is null. Where the bytes are not UTF-8, "key_base64" or
// "value_base64" (RFC 4648) stands instead. Headers: [{"name", "value" or "value_base64"}].
void WriteJson(std::string_view topic, std::int32_t partition, const RecordView& record,
               std::string* out);

}  // namespace strata::cli
