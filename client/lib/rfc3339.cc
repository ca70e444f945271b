#include "client/lib/rfc3339.h"

#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace strata {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Reads the fields of a time from left to right. Every method returns whether it found its field.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Number(int digits, int* value) {
    *value = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest_.empty() || !IsDigit(rest_.front())) return false;
      *value = *value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool OneOf(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  // Any number of digits; the first three count.
  bool Fraction(int* milliseconds) {
    *milliseconds = 0;
    int scale = 100;
    if (rest_.empty() || !IsDigit(rest_.front())) return false;
    for (; !rest_.empty() && IsDigit(rest_.front()); rest_.remove_prefix(1)) {
      *milliseconds += (rest_.front() - '0') * scale;
      scale /= 10;
    }
    return true;
  }

  char last() const { return last_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char last_ = 0;
};

struct Fields {
  int year, month, day, hour, minute, second;
  int millisecond = 0;
  int offset_minutes = 0;  // east of UTC
};

bool ReadOffset(Scanner& scanner, int* offset_minutes) {
  if (scanner.OneOf("Zz")) return true;
  if (!scanner.OneOf("+-")) return false;
  const int sign = scanner.last() == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  if (!scanner.Number(2, &hours) || !scanner.OneOf(":") || !scanner.Number(2, &minutes)) {
    return false;
  }
  if (hours > 23 || minutes > 59) return false;
  *offset_minutes = sign * (hours * 60 + minutes);
  return true;
}

// The part that does not fit, in words, or nothing.
std::optional<std::string_view> Read(std::string_view text, Fields* fields) {
  Scanner scanner(text);
  if (!scanner.Number(4, &fields->year) || !scanner.OneOf("-") ||
      !scanner.Number(2, &fields->month) || !scanner.OneOf("-") ||
      !scanner.Number(2, &fields->day)) {
    return "the date is not YYYY-MM-DD";
  }
  if (scanner.at_end()) return std::nullopt;  // midnight
  if (!scanner.OneOf("Tt ")) return "the time of day is missing";
  if (!scanner.Number(2, &fields->hour) || !scanner.OneOf(":") ||
      !scanner.Number(2, &fields->minute) || !scanner.OneOf(":") ||
      !scanner.Number(2, &fields->second)) {
    return "the time of day is not HH:MM:SS";
  }
  if (scanner.OneOf(".") && !scanner.Fraction(&fields->millisecond)) {
    return "the fraction of a second has no digits";
  }
  if (!ReadOffset(scanner, &fields->offset_minutes)) {
    return "the zone is neither Z nor an offset like +02:00";
  }
  if (!scanner.at_end()) return "something follows the zone";
  return std::nullopt;
}

std::optional<std::string_view> CheckRanges(const Fields& fields) {
  const std::chrono::year_month_day date{std::chrono::year(fields.year),
                                         std::chrono::month(static_cast<unsigned>(fields.month)),
                                         std::chrono::day(static_cast<unsigned>(fields.day))};
  if (!date.ok()) return "there is no such day";
  if (fields.hour > 23 || fields.minute > 59 || fields.second > 60) {
    return "there is no such time of day";
  }
  return std::nullopt;
}

TimestampMs ToMilliseconds(const Fields& fields) {
  using namespace std::chrono;
  const sys_days day = year_month_day{year(fields.year), month(static_cast<unsigned>(fields.month)),
                                      std::chrono::day(static_cast<unsigned>(fields.day))};
  const auto since_epoch = day.time_since_epoch() + hours(fields.hour) +
                           minutes(fields.minute - fields.offset_minutes) + seconds(fields.second) +
                           milliseconds(fields.millisecond);
  return duration_cast<milliseconds>(since_epoch).count();
}

}  // namespace

Result<TimestampMs> ParseRfc3339(std::string_view text) {
  Fields fields{};
  auto problem = Read(text, &fields);
  if (!problem) problem = CheckRanges(fields);
  if (problem) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("'{}' is not a time like 2026-01-02T03:04:05Z or Unix milliseconds: {}",
                            text, *problem));
  }
  const TimestampMs milliseconds = ToMilliseconds(fields);
  if (milliseconds < 0) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("'{}' is before 1970", text));
  }
  return milliseconds;
}

}  // namespace strata
