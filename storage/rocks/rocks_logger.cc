#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include <rocksdb/env.h>
#include <spdlog/spdlog.h>

#include "storage/rocks/internal.h"

namespace strata::storage {

namespace {

// RocksDB's own logger writes to a file on the same disk, and Debian's build of it aborts the
// process at the first line after one that the disk refused.
class BrokerLogLogger : public rocksdb::Logger {
 public:
  explicit BrokerLogLogger(std::string directory)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), directory_(std::move(directory)) {}

  using Logger::Logv;

  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level >= rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, 512> line;
    std::vsnprintf(line.data(), line.size(), format, arguments);
    std::string_view text = line.data();
    while (text.ends_with('\n')) text.remove_suffix(1);
    spdlog::warn("database '{}': {}", directory_, text);
  }

  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
  }

 private:
  const std::string directory_;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> MakeLogger(const std::string& directory) {
  return std::make_shared<BrokerLogLogger>(directory);
}

}  // namespace strata::storage
