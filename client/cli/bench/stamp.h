// The time at which a record was due, carried in a header of the record to whoever receives it in
// the same process: so any payload can be measured, and keeps its bytes.
//
// Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/base/big_endian.h"
#include "proto/batch/record.h"

namespace strata::cli {

class Stamp {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Stamp(TimePoint due) {
    StoreBigEndian<std::int64_t>(bytes_.data(), due.time_since_epoch().count());
  }

  // Valid as long as the stamp.
  HeaderView header() const { return {kName, std::string_view(bytes_.data(), bytes_.size())}; }

  // Nothing if the record carries none.
  static std::optional<TimePoint> Of(const RecordView& record) {
    for (const HeaderView& header : record.headers) {
      if (header.name != kName || !header.value || header.value->size() != kBytes) continue;
      return TimePoint(TimePoint::duration(LoadBigEndian<std::int64_t>(header.value->data())));
    }
    return std::nullopt;
  }

 private:
  static constexpr std::string_view kName = "t";
  static constexpr std::size_t kBytes = sizeof(std::int64_t);

  std::array<char, kBytes> bytes_;
};

}  // namespace strata::cli
