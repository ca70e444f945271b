// The bytes of one file on a simulated disk, twice: as the system shows them, and as they would be
// found if the power failed now.
//
// A page that was written stays dirty until a sync. After a power cut each dirty page, and the
// length, is found as it was synced, or as it was last written, each for itself.
//
// A plain value: the owner guards it.
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace strata::testing {

using Dice = std::mt19937_64;

// From 0 to `end` - 1.
inline std::uint64_t Roll(Dice& dice, std::uint64_t end) {
  return dice() % end;
}

class SimulatedFile {
 public:
  static constexpr std::int64_t kPageBytes = 4096;
  static constexpr std::int64_t kSectorBytes = 512;

  SimulatedFile() = default;
  // All of it is on disk.
  explicit SimulatedFile(std::string content) : seen_(content), on_disk_(std::move(content)) {}

  const std::string& seen() const { return seen_; }
  std::int64_t size() const { return static_cast<std::int64_t>(seen_.size()); }
  bool dirty() const { return !dirty_.empty() || seen_.size() != on_disk_.size(); }

  void Write(std::int64_t position, std::string_view bytes);
  // Cuts it, or fills it up with zeros.
  void Resize(std::int64_t size);

  void Sync();
  // What a failed sync leaves on Linux: the pages count as clean, so a further sync has nothing to
  // do, but the disk does not have them.
  void LoseDirtyPages() { dirty_.clear(); }
  // The same, when it was not this file that was to be synced: the next one who syncs it is told.
  void LoseDirtyPagesUnseen() {
    failed_unseen_ = failed_unseen_ || dirty();
    LoseDirtyPages();
  }
  // Whether a loss is to be told now; it is told once.
  bool TakeUnseenFailure() { return std::exchange(failed_unseen_, false); }
  // The system forgets the pages that count as clean, and will read them from the disk.
  void EvictCleanPages();
  // One dirty page goes to the disk, as may happen at any time.
  void WriteBackOne(Dice& dice);

  // What is found on disk after a power cut.
  std::string FindAfterPowerCut(Dice& dice) const;
  const std::string& on_disk() const { return on_disk_; }

 private:
  static void CopyPage(const std::string& from, std::int64_t page, std::int64_t bytes,
                       std::string* to);
  void MarkDirty(std::int64_t begin, std::int64_t end);

  std::string seen_;
  std::string on_disk_;
  std::set<std::int64_t> dirty_;  // page numbers
  bool failed_unseen_ = false;
};

}  // namespace strata::testing
