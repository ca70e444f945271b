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

}  // namespace

Result<Position> Position::Parse(std::string_view text) {
  if (text == "beginning") return Beginning();
  if (text == "end") return End();
  if (text.empty() || text.front() != '@') {
    if (const auto offset = WholeNumber(text)) return At(*offset);
    return Fail(
        ErrorCode::INVALID_ARGUMENT,
        fmt::format("'{}' is not a position: use beginning, end, an offset or @TIME", text));
  }
  const std::string_view time = text.substr(1);
  if (const auto milliseconds = WholeNumber(time)) return Time(*milliseconds);
  STRATA_TRY_ASSIGN(const TimestampMs parsed, ParseRfc3339(time));
  return Time(parsed);
}

}  // namespace strata
