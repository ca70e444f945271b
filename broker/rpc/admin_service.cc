#include "broker/rpc/admin_service.h"

#include <atomic>

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "broker/rpc/message_codec.h"
#include "broker/rpc/status.h"
#include "strata/v1/admin.grpc.pb.h"

namespace strata::broker {
namespace {

// Raw, so that a malformed request gets an error that says so.
template <class Base>
using RawTopicMethods =
    v1::Admin::WithRawCallbackMethod_CreateTopic<v1::Admin::WithRawCallbackMethod_ListTopics<
        v1::Admin::WithRawCallbackMethod_DescribeTopic<v1::Admin::WithRawCallbackMethod_AlterTopic<
            v1::Admin::WithRawCallbackMethod_DeleteTopic<Base>>>>>;
using RawAdmin =
    RawTopicMethods<v1::Admin::WithRawCallbackMethod_DescribeBroker<v1::Admin::Service>>;

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

template <class Request>
grpc::Status Handle(AdminHandler& handler, const ByteBuffer& request_bytes,
                    ByteBuffer* response_bytes) {
  Request request;
  if (auto parsed = ParseMessage(request_bytes, &request); !parsed) {
    return ToGrpcStatus(parsed.error());
  }
  const auto response = handler.Handle(request);
  if (!response) return ToGrpcStatus(response.error());
  *response_bytes = SerializeMessage(*response);
  return grpc::Status::OK;
}

class AdminService final : public RawAdmin, public RpcService {
 public:
  AdminService(AdminHandler& handler, Executor& executor)
      : handler_(handler), executor_(executor) {}

  grpc::Service& grpc_service() override { return *this; }
  void Stop() override { stopping_ = true; }

  ServerUnaryReactor* CreateTopic(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return Run<v1::CreateTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* ListTopics(CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::ListTopicsRequest>(context, request, response);
  }
  ServerUnaryReactor* DescribeTopic(CallbackServerContext* context, const ByteBuffer* request,
                                    ByteBuffer* response) override {
    return Run<v1::DescribeTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* AlterTopic(CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::AlterTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* DeleteTopic(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return Run<v1::DeleteTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* DescribeBroker(CallbackServerContext* context, const ByteBuffer* request,
                                     ByteBuffer* response) override {
    return Run<v1::DescribeBrokerRequest>(context, request, response);
  }

 private:
  // gRPC keeps request and response until the reactor has finished.
  template <class Request>
  ServerUnaryReactor* Run(CallbackServerContext* context, const ByteBuffer* request,
                          ByteBuffer* response) {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    if (stopping_) {
      reactor->Finish(ToGrpcStatus({ErrorCode::SHUTTING_DOWN, "the broker is stopping"}));
      return reactor;
    }
    const bool posted = executor_.Post([this, reactor, request, response] {
      reactor->Finish(Handle<Request>(handler_, *request, response));
    });
    if (!posted) {
      reactor->Finish(
          ToGrpcStatus({ErrorCode::OVERLOADED, "too many administrative requests are waiting"}));
    }
    return reactor;
  }

  AdminHandler& handler_;
  Executor& executor_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace

std::unique_ptr<RpcService> MakeAdminService(AdminHandler& handler, Executor& executor) {
  return std::make_unique<AdminService>(handler, executor);
}

}  // namespace strata::broker
