// Bytes that are shared by reference, and never copied between socket, cache and file.
//
// Ownership: a SharedBytes is a view plus a share in whatever owns the memory under it: a received
// gRPC slice, a string, a buffer read from a file, a mapping. The memory lives until the last
// SharedBytes over it is gone, which may be at any time and on any thread (gRPC lets go of a slice
// when it likes), so an owner's destructor must be short and take no lock that is held while
// calling gRPC. The bytes are immutable from the moment they are shared.
//
// A view pins all of its owner: a few bytes out of a megabyte keep the megabyte. Copy small pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace strata {

class SharedBytes {
 public:
  SharedBytes() = default;

  // `bytes` must lie in memory that `owner` keeps alive.
  SharedBytes(std::shared_ptr<const void> owner, std::string_view bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}

  // Takes the string; no copy of its content.
  static SharedBytes FromString(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    std::string_view view = *owner;
    return SharedBytes(std::move(owner), view);
  }

  std::string_view view() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

  // A part of these bytes under the same owner. `position` <= size(); `count` is clipped.
  SharedBytes Slice(std::size_t position, std::size_t count = std::string_view::npos) const {
    return SharedBytes(owner_, bytes_.substr(position, count));
  }

  const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
};

}  // namespace strata
