#include "client/cli/bench/payloads.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace strata::cli {
namespace {

constexpr std::size_t kRandomBytes = 4 << 20;
constexpr std::streamsize kBlockBytes = 1 << 20;

std::string RandomBytes(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace

Payloads Payloads::OfSize(std::size_t bytes) {
  const std::size_t fitting = kRandomBytes / std::max<std::size_t>(bytes, 1);
  Payloads payloads;
  payloads.fixed_count_ = fitting | 1U;
  payloads.fixed_size_ = bytes;
  payloads.bytes_ = RandomBytes(payloads.fixed_count_ * bytes);
  return payloads;
}

Result<Payloads> Payloads::OfLines(std::string text) {
  Payloads payloads;
  payloads.bytes_ = std::move(text);
  for (std::size_t begin = 0; begin < payloads.bytes_.size();) {
    const std::size_t end = std::min(payloads.bytes_.find('\n', begin), payloads.bytes_.size());
    payloads.places_.push_back({begin, end - begin});
    begin = end + 1;
  }
  if (payloads.places_.empty()) return Fail(ErrorCode::INVALID_ARGUMENT, "it holds no line");
  return payloads;
}

Result<Payloads> Payloads::OfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string block(static_cast<std::size_t>(kBlockBytes), '\0');
  while (file.read(block.data(), kBlockBytes) || file.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return Fail(ErrorCode::IO_ERROR, fmt::format("cannot read the payload file '{}': {}", path,
                                                 std::generic_category().message(errno)));
  }
  Result<Payloads> payloads = OfLines(std::move(text));
  if (payloads) return payloads;
  return Fail(payloads.error().code,
              fmt::format("the payload file '{}': {}", path, payloads.error().message));
}

}  // namespace strata::cli
