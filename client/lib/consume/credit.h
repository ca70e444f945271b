// The flow control of a Consumer: what the broker may send, in records and bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace strata {

struct Credit {
  std::int64_t records = 0;
  std::int64_t bytes = 0;

  Credit& operator+=(const Credit& other) {
    records += other.records;
    bytes += other.bytes;
    return *this;
  }
};

// Gathers the credit of what was taken, to grant it again in few and large grants. Never stalls:
// what is held back is always less than half of what there is.
class CreditLedger {
 public:
  explicit CreditLedger(Credit full) : full_(full) {}

  const Credit& full() const { return full_; }

  // A new stream, which has been granted everything.
  void Reset() { owed_ = {}; }

  void Return(const Credit& credit) { owed_ += credit; }

  // What should be granted now, if it is worth a message.
  std::optional<Credit> TakeGrant() {
    if (owed_.records * 2 < full_.records && owed_.bytes * 2 < full_.bytes) return std::nullopt;
    const Credit grant = owed_;
    owed_ = {};
    return grant;
  }

 private:
  const Credit full_;
  Credit owed_;
};

}  // namespace strata
