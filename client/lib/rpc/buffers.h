// Between gRPC's ByteBuffer and our bytes, without copying a payload into a protobuf string.
// Pure functions; callable from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "proto/base/fragments.h"

namespace grpc {
class ByteBuffer;
}  // namespace grpc

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace strata {

// A serialised message.
grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message);

// A serialised message with `payload` as bytes field `payload_field`, which must have the highest
// number of the message and be unset in it. The buffer shares `payload`; it is not copied.
grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message, std::uint32_t payload_field,
                          const SharedBytes& payload);

// The received slices, which live as long as one of the fragments.
Fragments ToFragments(const grpc::ByteBuffer& buffer);

// Whether `bytes` are such a message.
bool Parse(const Fragments& bytes, google::protobuf::MessageLite* message);

// Parses `bytes` into `*message`, apart from bytes field `payload_field`, which is returned as a
// share of `bytes`. MALFORMED_REQUEST if it is not such a message.
Result<Fragments> ParseWithPayload(const Fragments& bytes, std::uint32_t payload_field,
                                   google::protobuf::MessageLite* message);

// What an answer that cannot be parsed means.
Error NotAnAnswer();

}  // namespace strata
