#include "broker/rpc/byte_buffer.h"

#include <memory>
#include <utility>
#include <vector>

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

grpc::ByteBuffer ToByteBuffer(WireMessage message) {
  std::vector<grpc::Slice> slices;
  slices.reserve(message.size());
  for (SharedBytes& fragment : message) slices.push_back(ToSlice(std::move(fragment)));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace strata::broker
