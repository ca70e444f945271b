#include "broker/topics/names.h"

#include <fmt/format.h>

namespace strata::broker {
namespace {

constexpr std::size_t kMaxShownBytes = 60;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

Result<void> ValidateName(std::string_view name, std::string_view kind, ErrorCode code) {
  if (name.empty()) return Fail(code, fmt::format("the {} name is empty", kind));
  if (name.size() > kMaxNameBytes) {
    return Fail(code, fmt::format("{} name {} has {} characters, more than {}", kind, Quoted(name),
                                  name.size(), kMaxNameBytes));
  }
  if (name == "." || name == "..") {
    return Fail(code, fmt::format("{} name {} is reserved", kind, Quoted(name)));
  }
  for (const char& c : name) {
    if (IsNameCharacter(c)) continue;
    return Fail(code, fmt::format("{} name {} contains {}, which names may not", kind, Quoted(name),
                                  Quoted(std::string_view(&c, 1))));
  }
  return Ok();
}

}  // namespace

Result<void> ValidateTopicName(std::string_view name) {
  return ValidateName(name, "topic", ErrorCode::INVALID_TOPIC_NAME);
}

Result<void> ValidateGroupName(std::string_view name) {
  return ValidateName(name, "group", ErrorCode::INVALID_GROUP_NAME);
}

Result<void> ValidateProducerName(std::string_view name) {
  return ValidateName(name, "producer", ErrorCode::INVALID_ARGUMENT);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (char c : text.substr(0, kMaxShownBytes)) {
    const bool printable = c >= ' ' && c <= '~' && c != '\\' && c != '\'';
    quoted +=
        printable ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  quoted += text.size() > kMaxShownBytes ? "...'" : "'";
  return quoted;
}

}  // namespace strata::broker
