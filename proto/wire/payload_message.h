// Protobuf messages whose last field is a large payload (AppendRequest.batch, ReadResponse.batches,
// Records.batches), taken apart and put together without copying that payload.
//
// The bytes are exactly what stock protobuf produces and accepts: the payload fields have the
// highest number of their message, so serialisers write them last; readers accept any order.
// Encoding: https://protobuf.dev/programming-guides/encoding/. Pure; callable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/fragments.h"

namespace strata {

// A serialised message, in two parts.
struct SplitMessage {
  std::string rest;             // the message without its payload field: parse it as usual
  std::size_t rest_fields = 0;  // how many fields that is, repeated ones counted each
  std::string_view payload;     // a view into the input; empty if the field is absent
};

// Cuts bytes field `payload_field` out of a serialised message, at top level.
// MALFORMED_REQUEST: not a protobuf message, or the field has another wire type. If the field is
// repeated on the wire, the last one counts, as protobuf has it. Only the outermost level is looked
// at: parsing `rest` may still fail.
Result<SplitMessage> SplitPayload(std::string_view message, std::uint32_t payload_field);

// The same for a message in fragments, which the payload shares; without fragments if the field is
// absent or empty. The message is copied into one piece first unless its payload begins in the
// first fragment and ends the message, as nearly always.
struct SplitFragments {
  std::string rest;
  std::size_t rest_fields = 0;
  Fragments payload;
};
Result<SplitFragments> SplitPayload(const Fragments& message, std::uint32_t payload_field);

// What stands between `rest` and a payload of `payload_bytes` on the wire: tag and length.
std::string PayloadPrefix(std::uint32_t payload_field, std::size_t payload_bytes);

}  // namespace strata
