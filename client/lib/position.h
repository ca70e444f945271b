// A place in a partition, named in one of four ways. Plain data.
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata {

class Position {
 public:
  static Position Beginning() { return Position(Kind::kBeginning, 0); }
  static Position End() { return Position(Kind::kEnd, 0); }
  static Position At(Offset offset) { return Position(Kind::kOffset, offset); }
  // The first record whose timestamp is at or after it.
  static Position Time(TimestampMs time) { return Position(Kind::kTime, time); }

  // "beginning", "end", "123", or a time: "@" and RFC 3339 ("@2026-01-02T03:04:05Z", fractions and
  // zone offsets too), a date ("@2026-01-02": midnight, UTC) or Unix milliseconds
  // ("@1767322800000"); or how long before `now`: "-90s", "-15m", "-1h", "-7d".
  // INVALID_ARGUMENT names what is wrong.
  static Result<Position> Parse(std::string_view text, TimestampMs now);

  enum class Kind { kBeginning, kEnd, kOffset, kTime };
  Kind kind() const { return kind_; }
  Offset offset() const { return value_; }             // with kOffset
  TimestampMs timestamp_ms() const { return value_; }  // with kTime

 private:
  Position(Kind kind, std::int64_t value) : kind_(kind), value_(value) {}
  Kind kind_;
  std::int64_t value_;
};

}  // namespace strata
