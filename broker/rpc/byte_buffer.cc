#include "broker/rpc/byte_buffer.h"

#include <memory>
#include <utility>

#include <grpcpp/support/slice.h>

namespace strata::broker {
namespace {

// gRPC keeps slices up to this size inside the slice itself.
constexpr std::size_t kInlineSliceBytes = 23;

void LetGo(void* shared_bytes) {
  delete static_cast<SharedBytes*>(shared_bytes);
}

grpc::Slice ToSlice(SharedBytes bytes) {
  const std::string_view view = bytes.view();
  if (view.size() <= kInlineSliceBytes) return grpc::Slice(view.data(), view.size());
  auto keeper = std::make_unique<SharedBytes>(std::move(bytes));
  return grpc::Slice(const_cast<char*>(view.data()), view.size(), LetGo, keeper.release());
}

}  // namespace

SharedBytes ToSharedBytes(const grpc::ByteBuffer& buffer) {
  auto slice = std::make_shared<grpc::Slice>();
  if (!buffer.TrySingleSlice(slice.get()).ok() && !buffer.DumpToSingleSlice(slice.get()).ok()) {
    return {};
  }
  const std::string_view view(reinterpret_cast<const char*>(slice->begin()), slice->size());
  return SharedBytes(std::move(slice), view);
}

grpc::ByteBuffer ToByteBuffer(WireMessage message) {
  std::vector<grpc::Slice> slices;
  slices.reserve(message.size());
  for (SharedBytes& fragment : message) slices.push_back(ToSlice(std::move(fragment)));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace strata::broker
