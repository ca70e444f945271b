// A running broker: a Broker with its gRPC server and its HTTP listener.
//
//   STRATA_TRY_ASSIGN(auto server, Server::Start(config));
//   ...
//   STRATA_TRY(server->Stop());
//
// Threads: Start, Stop and the destructor belong to one thread.
#pragma once

#include <memory>
#include <string>

#include "broker/config/broker_config.h"
#include "proto/base/error.h"

namespace strata::broker {

class Server {
 public:
  // On return clients are served. ADDRESS_UNUSABLE, and errors as Broker::Open.
  static Result<std::unique_ptr<Server>> Start(const BrokerConfig& config);

  virtual ~Server() = default;  // stops

  // HOST:PORT with the ports that were chosen; http_address is empty if it is off.
  virtual const std::string& address() const = 0;
  virtual const std::string& http_address() const = 0;

  // Stops gracefully: reports "not serving", takes no new calls, ends streams, finishes what is
  // queued (calls that take longer than shutdown.timeout.ms are cancelled), flushes everything and
  // marks the stop as clean. Idempotent. IO_ERROR: it was not clean, the next start will recover.
  virtual Result<void> Stop() = 0;
};

}  // namespace strata::broker
