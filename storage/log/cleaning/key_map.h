// The last offset of each key, in bounded memory: what compaction goes by. Grows with what it
// holds, up to its bound, growth included.
//
// A plain container: one thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "proto/base/types.h"
#include "storage/log/cleaning/key_hash.h"

namespace strata::storage {

class KeyMap {
 public:
  // Room for at least one key, whatever `max_bytes` says.
  explicit KeyMap(std::size_t max_bytes);

  // Notes that a key was seen at `offset`, which is above all offsets noted before. False: the map
  // is full and does not know this key.
  bool Note(const KeyHash& key, Offset offset);

  std::optional<Offset> Find(const KeyHash& key) const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Slot {
    KeyHash key;
    Offset offset = kNoOffset;  // kNoOffset: free
  };

  // The slot of a key, or the free one where it belongs.
  std::size_t SlotOf(const KeyHash& key) const;
  bool MakeRoom();
  void Resize(std::size_t slots);

  const std::size_t max_slots_;
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace strata::storage
