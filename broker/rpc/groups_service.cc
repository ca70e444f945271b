#include "broker/rpc/groups_service.h"

#include "broker/rpc/consume_call.h"
#include "broker/rpc/live_streams.h"
#include "broker/rpc/unary_runner.h"
#include "strata/v1/groups.grpc.pb.h"

namespace strata::broker {
namespace {

using RawGroups =
    v1::Groups::WithRawCallbackMethod_Consume<v1::Groups::WithRawCallbackMethod_ListGroups<
        v1::Groups::WithRawCallbackMethod_DescribeGroup<v1::Groups::WithRawCallbackMethod_SeekGroup<
            v1::Groups::WithRawCallbackMethod_DeleteGroup<v1::Groups::Service>>>>>;

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class GroupsService final : public RawGroups, public RpcService {
 public:
  GroupsService(GroupsHandler& handler, const GroupsEnvironment& environment)
      : runner_(handler, environment.admin),
        consume_{environment.topics,  environment.groups,
                 environment.logs,    environment.executor,
                 environment.admin,   environment.metrics,
                 environment.budget,  environment.timers,
                 patterns_,           streams_,
                 environment.journal, environment.join_defaults} {}

  grpc::Service& grpc_service() override { return *this; }
  void Stop() override {
    runner_.Stop();
    consume_.groups.StopSharingOut();
    streams_.StopAll();
  }

  grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* Consume(
      CallbackServerContext* context) override {
    return StartConsume(consume_, context);
  }
  ServerUnaryReactor* ListGroups(CallbackServerContext* context, const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return runner_.Run<v1::ListGroupsRequest>(context, request, response);
  }
  ServerUnaryReactor* DescribeGroup(CallbackServerContext* context, const ByteBuffer* request,
                                    ByteBuffer* response) override {
    return runner_.Run<v1::DescribeGroupRequest>(context, request, response);
  }
  ServerUnaryReactor* SeekGroup(CallbackServerContext* context, const ByteBuffer* request,
                                ByteBuffer* response) override {
    return runner_.Run<v1::SeekGroupRequest>(context, request, response);
  }
  ServerUnaryReactor* DeleteGroup(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return runner_.Run<v1::DeleteGroupRequest>(context, request, response);
  }

 private:
  UnaryRunner<GroupsHandler> runner_;
  LiveStreams streams_;
  TopicPatterns patterns_;
  const ConsumeEnvironment consume_;
};

}  // namespace

std::unique_ptr<RpcService> MakeGroupsService(GroupsHandler& handler,
                                              const GroupsEnvironment& environment) {
  return std::make_unique<GroupsService>(handler, environment);
}

}  // namespace strata::broker
