#include "broker/wire/error_message.h"

#include "proto/base/utf8.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

constexpr std::size_t kMaxMessageBytes = 1024;

// Bytes of the character at the front of `text`, which is not empty; 0 if there is none.
std::size_t CharacterBytes(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (IsUtf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

// U+0000 to U+001F, U+007F to U+009F: what a terminal would obey instead of showing it.
bool IsControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string PrintableMessage(std::string_view message) {
  std::string printable;
  while (!message.empty()) {
    const std::size_t bytes = CharacterBytes(message);
    const bool shown = bytes > 0 && !IsControl(message.substr(0, bytes));
    const std::string_view next = shown ? message.substr(0, bytes) : std::string_view("?");
    if (printable.size() + next.size() > kMaxMessageBytes) break;
    printable += next;
    message.remove_prefix(bytes ? bytes : 1);
  }
  return printable;
}

v1::Error ToProto(const Error& error) {
  v1::Error proto;
  proto.set_reason(std::string(ErrorName(error.code)));
  proto.set_message(PrintableMessage(error.message));
  proto.set_status_code(ErrorGrpcStatus(error.code));
  return proto;
}

}  // namespace strata::broker
