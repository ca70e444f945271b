#include "client/lib/names.h"

#include <fmt/format.h>

#include "proto/base/utf8.h"

namespace strata {
namespace {

Result<void> Check(std::string_view text, ErrorCode code, std::string_view what) {
  if (IsUtf8(text)) return Ok();
  return Fail(code, fmt::format("{} is not UTF-8", what));
}

}  // namespace

Result<void> CheckTopicName(std::string_view name) {
  return Check(name, ErrorCode::INVALID_TOPIC_NAME, "the name of the topic");
}

Result<void> CheckGroupName(std::string_view name) {
  return Check(name, ErrorCode::INVALID_GROUP_NAME, "the name of the group");
}

Result<void> CheckText(std::string_view text) {
  return Check(text, ErrorCode::INVALID_ARGUMENT, "a text of the request");
}

}  // namespace strata
