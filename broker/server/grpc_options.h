// How the gRPC server is set up: its limits, health and reflection.
#pragma once

#include "broker/config/broker_config.h"

namespace grpc {
class ServerBuilder;
}

namespace strata::broker {

// `listening_port` receives the chosen port when the server is started, 0 if it could not listen.
void ConfigureGrpc(const BrokerConfig& config, grpc::ServerBuilder& builder, int* listening_port);

// From now on what gRPC and protobuf have to say goes to the broker's log; what clients can provoke
// at will is only seen at the level debug.
void RedirectLibraryLogs();

}  // namespace strata::broker
