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

Fragments ToFragments(const grpc::ByteBuffer& buffer) {
  const auto slices = std::make_shared<std::vector<grpc::Slice>>();
  if (!buffer.Dump(slices.get()).ok()) return {};
  Fragments fragments;
  fragments.reserve(slices->size());
  for (const grpc::Slice& slice : *slices) {
    const std::string_view view(reinterpret_cast<const char*>(slice.begin()), slice.size());
    fragments.emplace_back(slices, view);
  }
  return fragments;
}

bool Parse(const Fragments& bytes, google::protobuf::MessageLite* message) {
  const SharedBytes joined = Joined(bytes);
  return message->ParseFromArray(joined.view().data(), static_cast<int>(joined.size()));
}

Result<Fragments> ParseWithPayload(const Fragments& bytes, std::uint32_t payload_field,
                                   google::protobuf::MessageLite* message) {
  auto split = SplitPayload(bytes, payload_field);
  if (!split || !message->ParseFromString(split->rest)) return Fail(NotAnAnswer());
  return std::move(split->payload);
}

Error NotAnAnswer() {
  return Error{ErrorCode::MALFORMED_REQUEST, "the broker's answer is not a strata.v1 message"};
}

}  // namespace strata
