#include "tests/support/disk/simulated_file.h"

#include <algorithm>

namespace strata::testing {

void SimulatedFile::MarkDirty(std::int64_t begin, std::int64_t end) {
  for (std::int64_t page = begin / kPageBytes; page * kPageBytes < end; ++page) dirty_.insert(page);
}

void SimulatedFile::Write(std::int64_t position, std::string_view bytes) {
  if (bytes.empty()) return;
  const auto at = static_cast<std::size_t>(position);
  if (seen_.size() < at + bytes.size()) seen_.resize(at + bytes.size());
  seen_.replace(at, bytes.size(), bytes);
  MarkDirty(position, position + static_cast<std::int64_t>(bytes.size()));
}

void SimulatedFile::Resize(std::int64_t size) {
  // What is cut off may still lie on disk when the file has grown again.
  if (size < this->size()) MarkDirty(size, this->size());
  seen_.resize(static_cast<std::size_t>(size));
}

// Copies up to `bytes` bytes of a page, as far as both have it.
void SimulatedFile::CopyPage(const std::string& from, std::int64_t page, std::int64_t bytes,
                             std::string* to) {
  const auto begin = static_cast<std::size_t>(page * kPageBytes);
  const std::size_t end =
      std::min({begin + static_cast<std::size_t>(bytes), from.size(), to->size()});
  if (begin < end) to->replace(begin, end - begin, from, begin, end - begin);
}

void SimulatedFile::Sync() {
  on_disk_.resize(seen_.size());
  for (const std::int64_t page : dirty_) CopyPage(seen_, page, kPageBytes, &on_disk_);
  dirty_.clear();
}

void SimulatedFile::EvictCleanPages() {
  std::string disk = on_disk_;
  disk.resize(seen_.size());
  for (const std::int64_t page : dirty_) CopyPage(seen_, page, kPageBytes, &disk);
  seen_ = std::move(disk);
}

void SimulatedFile::WriteBackOne(Dice& dice) {
  if (dirty_.empty()) return;
  const auto page =
      std::next(dirty_.begin(), static_cast<std::ptrdiff_t>(Roll(dice, dirty_.size())));
  const auto end = static_cast<std::size_t>((*page + 1) * kPageBytes);
  on_disk_.resize(std::max(on_disk_.size(), std::min(end, seen_.size())));
  CopyPage(seen_, *page, kPageBytes, &on_disk_);
}

std::string SimulatedFile::FindAfterPowerCut(Dice& dice) const {
  std::string found = on_disk_;
  if (seen_.size() != on_disk_.size()) {
    const std::size_t least = std::min(seen_.size(), on_disk_.size());
    const std::size_t most = std::max(seen_.size(), on_disk_.size());
    switch (Roll(dice, 4)) {
      case 0:
        found.resize(least);
        break;
      case 1:
        found.resize(least + Roll(dice, most - least));
        break;
      default:
        found.resize(seen_.size());
    }
  }
  const std::uint64_t how = Roll(dice, 4);  // 0: no page, 1: all, otherwise some
  for (const std::int64_t page : dirty_) {
    if (how == 0 || (how > 1 && Roll(dice, 2) == 0)) continue;
    const bool torn = how > 1 && Roll(dice, 4) == 0;
    const std::int64_t sectors = kPageBytes / kSectorBytes;
    const std::int64_t written = torn ? static_cast<std::int64_t>(Roll(dice, sectors)) : sectors;
    CopyPage(seen_, page, written * kSectorBytes, &found);
  }
  return found;
}

}  // namespace strata::testing
