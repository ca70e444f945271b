#include "broker/rpc/admin_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "broker/rpc/unary_runner.h"
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

class AdminService final : public RawAdmin, public RpcService {
 public:
  AdminService(AdminHandler& handler, Executor& executor) : runner_(handler, executor) {}

  grpc::Service& grpc_service() override { return *this; }
  void Stop() override { runner_.Stop(); }

  ServerUnaryReactor* CreateTopic(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return runner_.Run<v1::CreateTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* ListTopics(CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return runner_.Run<v1::ListTopicsRequest>(context, request, response);
  }
  ServerUnaryReactor* DescribeTopic(CallbackServerContext* context, const ByteBuffer* request,
                                    ByteBuffer* response) override {
    return runner_.Run<v1::DescribeTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* AlterTopic(CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return runner_.Run<v1::AlterTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* DeleteTopic(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return runner_.Run<v1::DeleteTopicRequest>(context, request, response);
  }
  ServerUnaryReactor* DescribeBroker(CallbackServerContext* context, const ByteBuffer* request,
                                     ByteBuffer* response) override {
    return runner_.Run<v1::DescribeBrokerRequest>(context, request, response);
  }

 private:
  UnaryRunner<AdminHandler> runner_;
};

}  // namespace

std::unique_ptr<RpcService> MakeAdminService(AdminHandler& handler, Executor& executor) {
  return std::make_unique<AdminService>(handler, executor);
}

}  // namespace strata::broker
