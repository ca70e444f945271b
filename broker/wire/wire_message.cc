#include "broker/wire/wire_message.h"

#include <utility>

#include <google/protobuf/message_lite.h>

#include "proto/wire/payload_message.h"

namespace strata::broker {

WireMessage Serialize(const google::protobuf::MessageLite& message) {
  return {SharedBytes::FromString(message.SerializeAsString())};
}

WireMessage SerializeWithPayload(const google::protobuf::MessageLite& message,
                                 std::uint32_t payload_field, Fragments payload) {
  WireMessage parts;
  parts.reserve(payload.size() + 1);
  parts.push_back(SharedBytes::FromString(message.SerializeAsString() +
                                          PayloadPrefix(payload_field, TotalBytes(payload))));
  for (SharedBytes& fragment : payload) parts.push_back(std::move(fragment));
  return parts;
}

WireMessage Enclose(std::uint32_t field, WireMessage inner) {
  inner.insert(inner.begin(), SharedBytes::FromString(PayloadPrefix(field, TotalBytes(inner))));
  return inner;
}

}  // namespace strata::broker
