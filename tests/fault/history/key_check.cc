#include "tests/fault/history/key_check.h"

#include <algorithm>

#include "tests/fault/history/payload.h"

namespace strata::testing {

void KeyCheck::On(const CleanupAllowed& event) {
  compaction_ = event.compaction;
  tombstones_expire_ = event.tombstones_expire;
}

void KeyCheck::Sent(PayloadId payload) {
  Key& key = keys_[KeyOf(payload)];
  const bool placed = std::any_of(key.places.begin(), key.places.end(),
                                  [&](const auto& place) { return place.second == payload; });
  if (!placed) key.unplaced.insert(payload);
}

void KeyCheck::Refused(PayloadId payload) {
  keys_[KeyOf(payload)].unplaced.erase(payload);
}

void KeyCheck::Found(const SeenRecord& record) {
  Key& key = keys_[KeyOf(record.payload)];
  key.places[record.offset] = record.payload;
  key.unplaced.erase(record.payload);
}

void KeyCheck::Lost(const SeenRecord& record) {
  Key& key = keys_[KeyOf(record.payload)];
  key.places.erase(record.offset);
  // It may have been on disk, and done its work, though nobody could know.
  key.unplaced.insert(record.payload);
}

bool KeyCheck::TombstoneMayBeUnplaced(const Key& key) const {
  return std::any_of(key.unplaced.begin(), key.unplaced.end(), IsTombstone);
}

bool KeyCheck::MayBeGone(const SeenRecord& record) const {
  const auto found = keys_.find(KeyOf(record.payload));
  if (!compaction_ || found == keys_.end()) return false;
  if (gone_.count(record.offset) > 0) return true;
  const Key& key = found->second;
  const bool superseded = key.places.upper_bound(record.offset) != key.places.end();
  return superseded || !key.unplaced.empty() || (tombstones_expire_ && IsTombstone(record.payload));
}

void KeyCheck::Read(const SeenRecord& record) {
  if (gone_.count(record.offset) == 0) return;
  report_("offset " + std::to_string(record.offset) + ", payload " +
          std::to_string(record.payload) + ", which was compacted away, has come back");
}

void KeyCheck::Read(const CompleteRead& event) {
  if (!compaction_) return;
  std::map<std::uint64_t, std::set<Offset>> present;
  for (const SeenRecord& record : event.records) {
    Read(record);
    present[KeyOf(record.payload)].insert(record.offset);
  }
  for (const auto& [number, key] : keys_) CheckLast(event, key, present[number]);
  NoteGone(event);
}

void KeyCheck::NoteGone(const CompleteRead& event) {
  Offset next = event.log_start;
  for (const SeenRecord& record : event.records) {
    for (; next < record.offset; ++next) gone_.insert(next);
    next = record.offset + 1;
  }
  for (; next < event.log_end; ++next) gone_.insert(next);
  for (const OffsetRange& range : event.damage) {
    gone_.erase(gone_.lower_bound(range.begin), gone_.lower_bound(range.end));
  }
}

void KeyCheck::CheckLast(const CompleteRead& event, const Key& key,
                         const std::set<Offset>& present) {
  if (key.places.empty()) return;
  const auto& [offset, payload] = *key.places.rbegin();
  if (present.count(offset) > 0 || gone_.count(offset) > 0) return;
  // Another invariant judges what lies outside of the log.
  if (offset < event.log_start || offset >= event.log_end) return;
  // What is damaged may be a later one.
  if (!event.damage.empty() && event.damage.back().end > offset) return;
  const bool deleted = IsTombstone(payload) || TombstoneMayBeUnplaced(key);
  if (tombstones_expire_ && deleted && present.empty()) return;
  std::string what = "offset " + std::to_string(offset) + ", payload " + std::to_string(payload) +
                     (IsTombstone(payload) ? ", a tombstone" : "") + ", the last of key " +
                     std::to_string(KeyOf(payload)) + ", is missing";
  if (!present.empty()) what += ", and offset " + std::to_string(*present.rbegin()) + " is there";
  report_(what);
}

}  // namespace strata::testing
