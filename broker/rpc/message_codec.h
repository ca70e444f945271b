// Between gRPC's byte buffers and protobuf messages, for methods that take and return raw bytes.
//
// Pure functions; callable from any thread.
#pragma once

#include "proto/base/error.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class ByteBuffer;
}

namespace strata::broker {

// MALFORMED_REQUEST: the bytes are not such a message, or a text in it is not UTF-8.
Result<void> ParseMessage(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message);

}  // namespace strata::broker
