// A file of the machine's own file system.
#pragma once

#include <string>

#include "storage/io/file_system.h"
#include "storage/io/unique_fd.h"

namespace strata::storage {

class RealFile : public File {
 public:
  // `path` is for messages.
  RealFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> Write(std::int64_t position, std::span<const std::string_view> fragments) override;
  Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override;
  Result<void> Allocate(std::int64_t size) override;
  Result<void> Truncate(std::int64_t size) override;
  Result<void> Sync() override;
  Result<std::int64_t> Size() const override;

 private:
  const UniqueFd fd_;
  const std::string path_;
};

}  // namespace strata::storage
