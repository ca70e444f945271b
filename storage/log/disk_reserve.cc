#include "storage/log/disk_reserve.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace strata::storage {

void DiskReserve::NoteRefusal(std::int64_t bytes, const Error& why) const {
  if (refused_bytes_.exchange(std::max<std::int64_t>(bytes, 1)) != 0) return;
  spdlog::error("appends are refused until there is room again: {}", why.message);
}

void DiskReserve::NoteAdmission() const {
  const std::int64_t refused = refused_bytes_;
  if (refused == 0 || !Admit(refused)) return;
  if (refused_bytes_.exchange(0) != 0) {
    spdlog::info("the disk of '{}' has room again: appends are taken", directory_);
  }
}

}  // namespace strata::storage
