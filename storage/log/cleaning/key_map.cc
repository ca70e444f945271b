#include "storage/log/cleaning/key_map.h"

#include <algorithm>
#include <utility>

namespace strata::storage {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kFewestSlots = 2;

// While it grows, what it was before is there too.
std::size_t SlotsFor(std::size_t max_bytes, std::size_t slot_bytes) {
  return std::max(max_bytes / (2 * slot_bytes), kFewestSlots);
}

// So many slots may be taken: the rest keep the searches short.
std::size_t Fill(std::size_t slots) {
  return slots / 4 * 3 + slots % 4 / 2;
}

}  // namespace

KeyMap::KeyMap(std::size_t max_bytes)
    : max_slots_(SlotsFor(max_bytes, sizeof(Slot))), slots_(std::min(kFirstSlots, max_slots_)) {}

bool KeyMap::Note(const KeyHash& key, Offset offset) {
  std::size_t slot = SlotOf(key);
  if (slots_[slot].offset == kNoOffset) {
    if (size_ == Fill(slots_.size())) {
      if (!MakeRoom()) return false;
      slot = SlotOf(key);
    }
    slots_[slot].key = key;
    ++size_;
  }
  slots_[slot].offset = offset;
  return true;
}

std::optional<Offset> KeyMap::Find(const KeyHash& key) const {
  const Slot& slot = slots_[SlotOf(key)];
  if (slot.offset == kNoOffset) return std::nullopt;
  return slot.offset;
}

std::size_t KeyMap::SlotOf(const KeyHash& key) const {
  std::size_t slot = static_cast<std::size_t>(key.low % slots_.size());
  while (slots_[slot].offset != kNoOffset && slots_[slot].key != key) {
    if (++slot == slots_.size()) slot = 0;
  }
  return slot;
}

bool KeyMap::MakeRoom() {
  if (slots_.size() == max_slots_) return false;
  Resize(std::min(2 * slots_.size(), max_slots_));
  return true;
}

void KeyMap::Resize(std::size_t slots) {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots));
  for (const Slot& slot : before) {
    if (slot.offset != kNoOffset) slots_[SlotOf(slot.key)] = slot;
  }
}

}  // namespace strata::storage
