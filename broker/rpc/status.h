// Strata's errors as gRPC carries them.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace grpc {
class Status;
}
namespace strata::v1 {
class Error;
}

namespace strata::broker {

// The status of a failed call: the error's gRPC code and message, and as details a
// google.rpc.Status with an ErrorInfo: reason, domain "strata", and the remedy in its metadata.
grpc::Status ToGrpcStatus(const Error& error);

// The same for a stream that goes on, or for one item among many.
v1::Error ToProto(const Error& error);

// A message as it may travel: valid UTF-8 (bytes that are not become '?'), of at most 1,024 bytes.
std::string PrintableMessage(std::string_view message);

}  // namespace strata::broker
