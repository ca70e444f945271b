#include "client/lib/rpc/status.h"

#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"
#include "strata/v1/types.pb.h"

namespace strata {
namespace {

constexpr std::string_view kDomain = "strata";

std::optional<std::string> ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info) && info.domain() == kDomain) return info.reason();
  }
  return std::nullopt;
}

// The nearest entry of the table for a reason that a newer broker knows and this build does not.
ErrorCode CodeOfStatus(int status_code) {
  switch (status_code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return ErrorCode::INVALID_ARGUMENT;
    case grpc::StatusCode::OUT_OF_RANGE:
      return ErrorCode::OFFSET_OUT_OF_RANGE;
    case grpc::StatusCode::ABORTED:
      return ErrorCode::CONFLICT;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::OVERLOADED;
    case grpc::StatusCode::UNAVAILABLE:
      return ErrorCode::UNAVAILABLE;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::TIMEOUT;
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::CANCELLED;
    case grpc::StatusCode::DATA_LOSS:
      return ErrorCode::CORRUPT_LOG;
    default:
      return ErrorCode::INTERNAL;
  }
}

Error FromReason(const std::string& reason, const std::string& message, int status_code) {
  if (const auto code = ErrorFromName(reason)) return Error{*code, message};
  return Error{CodeOfStatus(status_code), fmt::format("{} [{}]", message, reason)};
}

// gRPC puts the cause at the end of a long sentence: "failed to connect to all addresses; last
// error: UNKNOWN: ipv4:127.0.0.1:7070: Failed to connect to remote host: Connection refused".
std::string_view Cause(std::string_view message) {
  const std::size_t colon = message.rfind(": ");
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

bool IsBrokenStream(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::INTERNAL &&
         status.error_message().find("RST_STREAM") != std::string::npos;
}

Error FromTransport(const grpc::Status& status, const std::string& broker) {
  if (IsBrokenStream(status)) {
    return Error{ErrorCode::UNAVAILABLE,
                 fmt::format("the broker at {} broke the connection off", broker)};
  }
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return Error{ErrorCode::UNAVAILABLE,
                   fmt::format("the broker at {} ended the stream", broker)};
    case grpc::StatusCode::UNAVAILABLE:
      return Error{ErrorCode::UNAVAILABLE, fmt::format("cannot reach the broker at {}: {}", broker,
                                                       Cause(status.error_message()))};
    case grpc::StatusCode::CANCELLED:
      return Error{ErrorCode::UNAVAILABLE,
                   fmt::format("the call to the broker at {} was broken off", broker)};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Error{ErrorCode::TIMEOUT,
                   fmt::format("the broker at {} did not answer in time", broker)};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Error{ErrorCode::TOO_LARGE, fmt::format("a message to or from the broker at {} is "
                                                     "too large: {}",
                                                     broker, status.error_message())};
    case grpc::StatusCode::UNIMPLEMENTED:
      return Error{ErrorCode::MALFORMED_REQUEST,
                   fmt::format("whatever listens at {} does not know this call", broker)};
    default:
      return Error{CodeOfStatus(status.error_code()), status.error_message()};
  }
}

}  // namespace

Error ErrorFromStatus(const grpc::Status& status, const std::string& broker) {
  if (const auto reason = ReasonOf(status)) {
    return FromReason(*reason, status.error_message(), status.error_code());
  }
  return FromTransport(status, broker);
}

Error ErrorFromMessage(const v1::Error& error) {
  return FromReason(error.reason(), error.message(), error.status_code());
}

}  // namespace strata
