// Where the broker is, and how to talk to it. Shared by Producer, Consumer, Reader and Admin.
//
//   STRATA_TRY_ASSIGN(auto connection, strata::Connection::Open({.broker = "127.0.0.1:7070"}));
//
// Open does not wait for the broker: the first call does, within its own time.
// A Connection is safe to use from any thread and outlives its last user by shared ownership.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "proto/base/error.h"

namespace strata {

struct ConnectionOptions {
  std::string broker = "127.0.0.1:7070";  // HOST:PORT
  std::string client_id;                  // a name for people to read; may be empty
  // How long a single call may take before it fails with TIMEOUT.
  std::chrono::milliseconds call_timeout{30'000};
};

class Connection {
 public:
  // INVALID_ARGUMENT if the address is not HOST:PORT.
  static Result<std::shared_ptr<Connection>> Open(ConnectionOptions options);

  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const ConnectionOptions& options() const;

  enum class State {
    kIdle,         // nobody has tried yet, or not since it broke
    kConnected,    // it works, as far as anybody knows
    kUnreachable,  // from a failed attempt to connect until one succeeds
  };
  State state() const;

  struct Impl;  // gRPC stays out of this header
  Impl& impl() { return *impl_; }

 private:
  explicit Connection(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace strata
