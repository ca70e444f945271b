#include "broker/rpc/message_codec.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

namespace strata::broker {

Result<void> ParseMessage(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  if (bytes.Length() > kMaxControlMessageBytes) {
    return Fail(ErrorCode::TOO_LARGE,
                fmt::format("a {} of {} bytes is larger than {}", message->GetTypeName(),
                            bytes.Length(), kMaxControlMessageBytes));
  }
  grpc::ByteBuffer copy = bytes;  // shares the slices
  grpc::ProtoBufferReader reader(&copy);
  if (!reader.status().ok() || !message->ParseFromZeroCopyStream(&reader)) {
    return Fail(ErrorCode::MALFORMED_REQUEST,
                fmt::format("the request is not a {}", message->GetTypeName()));
  }
  return Ok();
}

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace strata::broker
