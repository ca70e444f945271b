// A serialised message on its way to a client, in fragments that are shared with the tail cache or
// with a buffer read from a file.
//
// Plain data; the functions are pure and may be called from any thread.
#pragma once

#include <cstdint>

#include "proto/base/fragments.h"

namespace google::protobuf {
class MessageLite;
}

namespace strata::broker {

using WireMessage = Fragments;

WireMessage Serialize(const google::protobuf::MessageLite& message);

// The message with its bytes field `payload_field` set to the fragments, without copying them.
// `message` must not have that field set.
WireMessage SerializeWithPayload(const google::protobuf::MessageLite& message,
                                 std::uint32_t payload_field, Fragments payload);

// A message that has only the field `field`, and in it `inner`.
WireMessage Enclose(std::uint32_t field, WireMessage inner);

}  // namespace strata::broker
