// Between gRPC's byte buffers and our shared bytes. Includes gRPC: for files in this folder only.
//
// Pure functions; callable from any thread.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "broker/wire/wire_message.h"
#include "proto/base/fragments.h"

namespace strata::broker {

// The received slices, which live as long as one of the fragments.
Fragments ToFragments(const grpc::ByteBuffer& buffer);

// The message as slices that keep its fragments alive until gRPC has let go of them.
grpc::ByteBuffer ToByteBuffer(WireMessage message);

}  // namespace strata::broker
