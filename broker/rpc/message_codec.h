// Between gRPC's byte buffers and protobuf messages, for methods that take and return raw bytes.
//
// Pure functions; callable from any thread.
#pragma once

#include <cstddef>

#include "proto/base/error.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class ByteBuffer;
}

namespace strata::broker {

// What a message that carries no batch may be at most: parsed, a message of many empty entries
// takes some forty times the memory that it takes on the wire.
inline constexpr std::size_t kMaxControlMessageBytes = 4 << 20;

// MALFORMED_REQUEST: the bytes are not such a message, or a text in it is not UTF-8. TOO_LARGE.
Result<void> ParseMessage(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message);

}  // namespace strata::broker
