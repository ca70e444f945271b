// Runs the raw unary methods of a service on an executor. Includes gRPC: for files in this folder
// only.
#pragma once

#include <atomic>

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "broker/rpc/message_codec.h"
#include "broker/rpc/status.h"
#include "broker/threads/executor.h"

namespace strata::broker {

// `Handler` has a method `Result<Response> Handle(const Request&)` for each request, which may wait
// for a disk. The methods are raw so that a malformed request gets an error that says so.
// Threads: every method may be called from any thread.
template <class Handler>
class UnaryRunner {
 public:
  // Both must outlive the runner.
  UnaryRunner(Handler& handler, Executor& executor) : handler_(handler), executor_(executor) {}

  // New calls are answered with SHUTTING_DOWN from now on.
  void Stop() { stopping_ = true; }

  // gRPC keeps request and response until the reactor has finished.
  template <class Request>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (stopping_) {
      reactor->Finish(ToGrpcStatus({ErrorCode::SHUTTING_DOWN, "the broker is stopping"}));
      return reactor;
    }
    const bool posted = executor_.Post([this, reactor, request, response] {
      reactor->Finish(Handle<Request>(*request, response));
    });
    if (!posted) {
      reactor->Finish(ToGrpcStatus({ErrorCode::OVERLOADED, "too many requests are waiting"}));
    }
    return reactor;
  }

 private:
  template <class Request>
  grpc::Status Handle(const grpc::ByteBuffer& request_bytes, grpc::ByteBuffer* response_bytes) {
    Request request;
    if (auto parsed = ParseMessage(request_bytes, &request); !parsed) {
      return ToGrpcStatus(parsed.error());
    }
    const auto response = handler_.Handle(request);
    if (!response) return ToGrpcStatus(response.error());
    *response_bytes = SerializeMessage(*response);
    return grpc::Status::OK;
  }

  Handler& handler_;
  Executor& executor_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace strata::broker
