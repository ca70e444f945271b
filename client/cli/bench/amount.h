// How much was moved: records, and the bytes of their keys, values and headers.
#pragma once

#include <atomic>
#include <cstdint>

namespace strata::cli {

struct Amount {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;

  Amount& operator+=(const Amount& more) {
    records += more.records;
    bytes += more.bytes;
    return *this;
  }
  friend Amount operator-(Amount amount, const Amount& less) {
    amount.records -= less.records;
    amount.bytes -= less.bytes;
    return amount;
  }
  bool operator==(const Amount&) const = default;
};

// Counted by one thread, looked at by any. A look in between may find records without their bytes.
class AmountCounter {
 public:
  void Add(const Amount& more) {
    records_.store(records_.load(std::memory_order_relaxed) + more.records,
                   std::memory_order_relaxed);
    bytes_.store(bytes_.load(std::memory_order_relaxed) + more.bytes, std::memory_order_relaxed);
  }
  Amount get() const { return {records_, bytes_}; }

 private:
  std::atomic<std::uint64_t> records_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace strata::cli
