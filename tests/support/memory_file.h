// A file that is a string.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "storage/io/file_system.h"

namespace strata::testing {

class MemoryFile : public storage::File {
 public:
  explicit MemoryFile(std::string bytes = {}) : content(std::move(bytes)) {}

  Result<void> Write(std::int64_t position, std::span<const std::string_view> fragments) override {
    auto at = static_cast<std::size_t>(position);
    for (const std::string_view fragment : fragments) {
      content.resize(std::max(content.size(), at + fragment.size()));
      content.replace(at, fragment.size(), fragment);
      at += fragment.size();
    }
    return Ok();
  }

  Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override {
    const auto at = std::min(static_cast<std::size_t>(position), content.size());
    const std::size_t got = std::min(count, content.size() - at);
    std::memcpy(out, content.data() + at, got);
    return got;
  }

  Result<void> Allocate(std::int64_t size) override {
    content.resize(std::max(content.size(), static_cast<std::size_t>(size)));
    return Ok();
  }
  Result<void> Truncate(std::int64_t size) override {
    content.resize(static_cast<std::size_t>(size));
    return Ok();
  }
  Result<void> Sync() override { return Ok(); }
  Result<std::int64_t> Size() const override { return static_cast<std::int64_t>(content.size()); }

  std::string content;
};

}  // namespace strata::testing
