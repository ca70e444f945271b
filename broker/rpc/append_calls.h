// The two ways to append, as gRPC reactors. Includes gRPC: for files in this folder only.
//
// Both parse on gRPC's threads, hand the batch to the Appender, and answer from the log's threads.
// They delete themselves when gRPC is done with them.
#pragma once

#include <grpcpp/grpcpp.h>

#include "broker/append/appender.h"
#include "broker/rpc/live_streams.h"

namespace strata::broker {

grpc::ServerUnaryReactor* StartAppend(Appender& appender, grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartAppendStream(
    Appender& appender, LiveStreams& streams);

}  // namespace strata::broker
