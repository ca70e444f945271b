#include "client/lib/rpc/buffers.h"

#include <memory>
#include <utility>
#include <vector>

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include "proto/wire/payload_message.h"

namespace strata {
namespace {

grpc::Slice ShareAsSlice(const SharedBytes& bytes) {
  return grpc::Slice(
      const_cast<char*>(bytes.view().data()), bytes.size(),
      [](void* share) { delete static_cast<SharedBytes*>(share); },
      std::make_unique<SharedBytes>(bytes).release());
}

}  // namespace

grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message, std::uint32_t payload_field,
                          const SharedBytes& payload) {
  const std::string front =
      message.SerializeAsString() + PayloadPrefix(payload_field, payload.size());
  const grpc::Slice slices[] = {grpc::Slice(front), ShareAsSlice(payload)};
  return grpc::ByteBuffer(slices, 2);
}

SharedBytes Flatten(const grpc::ByteBuffer& buffer) {
  if (!buffer.Valid()) return SharedBytes();
  auto slice = std::make_shared<grpc::Slice>();
  if (!buffer.TrySingleSlice(slice.get()).ok()) buffer.DumpToSingleSlice(slice.get());
  const std::string_view view(reinterpret_cast<const char*>(slice->begin()), slice->size());
  return SharedBytes(std::move(slice), view);
}

Result<SharedBytes> ParseWithPayload(const SharedBytes& bytes, std::uint32_t payload_field,
                                     google::protobuf::MessageLite* message) {
  const auto split = SplitPayload(bytes.view(), payload_field);
  if (!split || !message->ParseFromString(split->rest)) return Fail(NotAnAnswer());
  return SharedBytes(bytes.owner(), split->payload);
}

Error NotAnAnswer() {
  return Error{ErrorCode::MALFORMED_REQUEST, "the broker's answer is not a strata.v1 message"};
}

}  // namespace strata
