#include "storage/log/write_again.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace strata::storage {
namespace {

constexpr std::int64_t kChunkBytes = 1 << 20;

}  // namespace

Result<void> WriteAgain(FileSystem& file_system, const std::string& path, std::int64_t begin,
                        std::int64_t end) {
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadWrite));
  std::string chunk;
  for (std::int64_t position = begin; position < end;) {
    chunk.resize(static_cast<std::size_t>(std::min(end - position, kChunkBytes)));
    STRATA_TRY_ASSIGN(const std::size_t got, file->Read(position, chunk.data(), chunk.size()));
    if (got == 0) break;
    const std::array<std::string_view, 1> fragment{std::string_view(chunk).substr(0, got)};
    STRATA_TRY(file->Write(position, fragment));
    position += static_cast<std::int64_t>(got);
  }
  return file->Sync();
}

}  // namespace strata::storage
