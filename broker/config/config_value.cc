#include "broker/config/config_value.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "broker/topics/names.h"
#include "proto/base/durability.h"
#include "proto/base/edit_distance.h"

namespace strata::broker {
namespace {

tl::unexpected<Error> Refuse(std::string_view text, std::string_view use) {
  return Fail(ErrorCode::INVALID_CONFIG, fmt::format("cannot be {}: use {}", Quoted(text), use));
}

constexpr std::string_view kNotInHosts("\0 \t\r\n/,", 7);
constexpr std::string_view kAddressForm = "HOST:PORT, with an IPv6 address in brackets";

}  // namespace

Result<std::int64_t> ParseInteger(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return Refuse(text, fmt::format("a whole number from {} to {}", min, max));
  }
  return value;
}

Result<double> ParseFraction(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool parsed = error == std::errc() && end == text.data() + text.size();
  if (!parsed || !(value >= 0 && value <= 1)) return Refuse(text, "a number from 0 to 1");
  return value;
}

Result<std::string> ParseChoice(std::string_view text, const std::vector<std::string_view>& words) {
  if (std::find(words.begin(), words.end(), text) == words.end()) {
    return Refuse(text, "one of " + JoinWords(words));
  }
  return std::string(text);
}

Result<Durability> ParseDurability(std::string_view text) {
  if (const auto durability = DurabilityNamed(text)) return *durability;
  return Refuse(text, "one of fsync, os, none");
}

Result<std::string> ParseAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return Refuse(text, kAddressForm);
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (!bracketed && host.find(':') != std::string_view::npos) return Refuse(text, kAddressForm);
  if (host.find_first_of(kNotInHosts) != std::string_view::npos) return Refuse(text, kAddressForm);
  if (!ParseInteger(text.substr(colon + 1), 0, 65535)) {
    return Refuse(text, "HOST:PORT with a port from 0 to 65535");
  }
  return std::string(text);
}

Result<std::string> ParseOptionalAddress(std::string_view text) {
  if (text.empty() || text == "off") return std::string();
  return ParseAddress(text);
}

Result<std::string> ParsePath(std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos) {
    return Refuse(text, "the path of a directory");
  }
  return std::string(text);
}

std::string JoinWords(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known) {
  name = name.substr(0, 100);
  std::string_view nearest;
  std::size_t least = std::string_view::npos;
  for (std::string_view candidate : known) {
    const std::size_t distance = EditDistance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

Error UnknownKey(std::string_view kind, std::string_view name,
                 const std::vector<std::string_view>& known) {
  return {ErrorCode::INVALID_CONFIG,
          fmt::format("there is no {} configuration key {}; the nearest is '{}'", kind,
                      Quoted(name), NearestName(name, known))};
}

}  // namespace strata::broker
