#include "client/lib/position.h"

#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "client/lib/rfc3339.h"

namespace strata {
namespace {

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < 0) return std::nullopt;
  return value;
}

// 0 if there is no such unit.
std::int64_t MillisecondsPer(char unit) {
  switch (unit) {
    case 's':
      return 1'000;
    case 'm':
      return 60 * 1'000;
    case 'h':
      return 60 * 60 * 1'000;
    case 'd':
      return 24 * 60 * 60 * 1'000;
    default:
      return 0;
  }
}

// "1h" in front of now; nothing before 1970.
Result<TimestampMs> TimeBefore(TimestampMs now, std::string_view duration) {
  const std::int64_t unit = duration.empty() ? 0 : MillisecondsPer(duration.back());
  const auto count =
      unit == 0 ? std::nullopt : WholeNumber(duration.substr(0, duration.size() - 1));
  if (!count || *count > now / unit) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("'-{}' is not a time before now: use a whole number and s, m, h or d, "
                            "such as -1h",
                            duration));
  }
  return now - *count * unit;
}

}  // namespace

Result<Position> Position::Parse(std::string_view text, TimestampMs now) {
  if (text == "beginning") return Beginning();
  if (text == "end") return End();
  if (text.starts_with('-')) {
    STRATA_TRY_ASSIGN(const TimestampMs before, TimeBefore(now, text.substr(1)));
    return Time(before);
  }
  if (text.empty() || text.front() != '@') {
    if (const auto offset = WholeNumber(text)) return At(*offset);
    return Fail(
        ErrorCode::INVALID_ARGUMENT,
        fmt::format("'{}' is not a position: use beginning, end, an offset, @TIME or -1h", text));
  }
  const std::string_view time = text.substr(1);
  if (const auto milliseconds = WholeNumber(time)) return Time(*milliseconds);
  STRATA_TRY_ASSIGN(const TimestampMs parsed, ParseRfc3339(time));
  return Time(parsed);
}

}  // namespace strata
