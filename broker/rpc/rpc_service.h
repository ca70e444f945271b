// One gRPC service of the broker, as the server sees it.
#pragma once

namespace grpc {
class Service;
}

namespace strata::broker {

class RpcService {
 public:
  virtual ~RpcService() = default;

  // What is registered with gRPC; lives as long as this object, which outlives the server.
  virtual grpc::Service& grpc_service() = 0;

  // From now on new calls are answered with SHUTTING_DOWN, and open streams end with it; calls that
  // wait for records are answered. Work that was accepted is finished. Returns without waiting for
  // any of that. Idempotent; from any thread.
  virtual void Stop() = 0;
};

}  // namespace strata::broker
