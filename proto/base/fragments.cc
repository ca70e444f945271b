#include "proto/base/fragments.h"

#include <algorithm>
#include <string>
#include <utility>

namespace strata {

std::size_t TotalBytes(const Fragments& fragments) {
  std::size_t bytes = 0;
  for (const SharedBytes& fragment : fragments) bytes += fragment.size();
  return bytes;
}

SharedBytes Joined(const Fragments& fragments) {
  return fragments.size() == 1 ? fragments.front() : Copied(fragments);
}

SharedBytes Copied(const Fragments& fragments) {
  std::string bytes;
  bytes.reserve(TotalBytes(fragments));
  for (const SharedBytes& fragment : fragments) bytes.append(fragment.view());
  return SharedBytes::FromString(std::move(bytes));
}

Fragments WithoutFirst(const Fragments& fragments, std::size_t count) {
  FragmentReader reader(fragments);
  reader.Skip(count);
  return reader.Take(reader.left_bytes());
}

FragmentReader::FragmentReader(const Fragments& fragments)
    : rest_(fragments), left_bytes_(TotalBytes(fragments)) {}

std::size_t FragmentReader::Peek(std::span<char> out) const {
  std::size_t copied = 0;
  std::size_t position = position_;
  for (const SharedBytes& fragment : rest_) {
    copied += fragment.view().substr(position).copy(out.data() + copied, out.size() - copied);
    position = 0;
    if (copied == out.size()) break;
  }
  return copied;
}

void FragmentReader::Skip(std::size_t bytes) {
  bytes = std::min(bytes, left_bytes_);
  left_bytes_ -= bytes;
  position_ += bytes;
  while (!rest_.empty() && position_ >= rest_.front().size()) {
    position_ -= rest_.front().size();
    rest_ = rest_.subspan(1);
  }
}

Fragments FragmentReader::Take(std::size_t bytes) {
  Fragments taken;
  for (bytes = std::min(bytes, left_bytes_); bytes > 0;) {
    SharedBytes fragment = rest_.front().Slice(position_, bytes);
    Skip(fragment.size());
    bytes -= fragment.size();
    if (!fragment.empty()) taken.push_back(std::move(fragment));
  }
  return taken;
}

}  // namespace strata
