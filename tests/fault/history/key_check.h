// Judges what compaction has left of one partition: I7. What may be missing, and what may not come
// back.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "tests/fault/history/history.h"

namespace strata::testing {

class KeyCheck {
 public:
  using Report = std::function<void(const std::string& what)>;

  explicit KeyCheck(Report report) : report_(std::move(report)) {}

  void On(const CleanupAllowed& event);
  bool compaction() const { return compaction_; }

  // Somebody sends it: from now on it may be there.
  void Sent(PayloadId payload);
  // It is certainly not there.
  void Refused(PayloadId payload);
  // It is, or was, at this place.
  void Found(const SeenRecord& record);
  // The power has taken it.
  void Lost(const SeenRecord& record);

  // Whether a record that was there may be missing by now.
  bool MayBeGone(const SeenRecord& record) const;

  // Somebody reads this.
  void Read(const SeenRecord& record);
  // All that is there was read, and told to Found.
  void Read(const CompleteRead& event);

 private:
  struct Key {
    std::map<Offset, PayloadId> places;  // of all that was ever found
    std::set<PayloadId> unplaced;        // sent, and perhaps there
  };

  bool TombstoneMayBeUnplaced(const Key& key) const;
  void NoteGone(const CompleteRead& event);
  void CheckLast(const CompleteRead& event, const Key& key, const std::set<Offset>& present);

  const Report report_;
  bool compaction_ = false;
  bool tombstones_expire_ = false;
  std::map<std::uint64_t, Key> keys_;
  std::set<Offset> gone_;  // a complete read has not found them, and that was judged
};

}  // namespace strata::testing
