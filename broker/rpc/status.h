// Strata's errors as gRPC carries them.
//
// Pure functions; callable from any thread.
#pragma once

#include "proto/base/error.h"

namespace grpc {
class Status;
}

namespace strata::broker {

// The status of a failed call: the error's gRPC code and message, and as details a
// google.rpc.Status with an ErrorInfo: reason, domain "strata", and the remedy in its metadata.
grpc::Status ToGrpcStatus(const Error& error);

}  // namespace strata::broker
