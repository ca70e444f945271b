#include "broker/rpc/status.h"

#include <string>

#include <grpcpp/support/status.h>

#include "broker/wire/error_message.h"
#include "google/rpc/error_details.pb.h"

namespace strata::broker {

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

}  // namespace strata::broker
