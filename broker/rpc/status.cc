#include "broker/rpc/status.h"

#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"
#include "strata/v1/types.pb.h"

namespace strata::broker {
namespace {

constexpr std::size_t kMaxMessageBytes = 1024;

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Length of the UTF-8 sequence at the front of `text`, 0 if there is none (RFC 3629, table 3-7 of
// the Unicode standard).
std::size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool beyond = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string PrintableMessage(std::string_view message) {
  std::string printable;
  while (!message.empty()) {
    const std::size_t length = SequenceLength(message);
    const std::string_view next = length ? message.substr(0, length) : std::string_view("?");
    if (printable.size() + next.size() > kMaxMessageBytes) break;
    printable += next;
    message.remove_prefix(length ? length : 1);
  }
  return printable;
}

grpc::Status ToGrpcStatus(const Error& error) {
  const std::string message = PrintableMessage(error.message);
  const int code = ErrorGrpcStatus(error.code);

  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ErrorName(error.code)));
  info.set_domain("strata");
  (*info.mutable_metadata())["remedy"] = std::string(ErrorRemedy(error.code));

  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(info);
  return grpc::Status(static_cast<grpc::StatusCode>(code), message, status.SerializeAsString());
}

v1::Error ToProto(const Error& error) {
  v1::Error proto;
  proto.set_reason(std::string(ErrorName(error.code)));
  proto.set_message(PrintableMessage(error.message));
  proto.set_status_code(ErrorGrpcStatus(error.code));
  return proto;
}

}  // namespace strata::broker
