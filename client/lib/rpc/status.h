// Errors of the broker and of the way to it, as entries of the one error table.
// Pure functions; callable from any thread.
#pragma once

#include <string>

#include "proto/base/error.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace strata {

namespace v1 {
class Error;
}  // namespace v1

// What a call or stream to `broker` (HOST:PORT, for messages) has failed with. The broker's own
// errors carry a google.rpc.ErrorInfo, whose reason is taken if this build knows it. Without one
// the status is gRPC's own and means that the way to the broker failed: UNAVAILABLE, TIMEOUT, ...
// A stream that ended with OK although nobody asked it to is UNAVAILABLE, too.
Error ErrorFromStatus(const grpc::Status& status, const std::string& broker);

// An error that came inside of a stream. An unknown reason is mapped by its status code.
Error ErrorFromMessage(const v1::Error& error);

}  // namespace strata
