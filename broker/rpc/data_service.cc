#include "broker/rpc/data_service.h"

#include <atomic>

#include "broker/rpc/append_calls.h"
#include "broker/rpc/live_streams.h"
#include "broker/rpc/read_calls.h"
#include "broker/rpc/status.h"
#include "broker/rpc/unary_runner.h"
#include "strata/v1/data.grpc.pb.h"

namespace strata::broker {
namespace {

using RawData = v1::Data::WithRawCallbackMethod_Append<v1::Data::WithRawCallbackMethod_AppendStream<
    v1::Data::WithRawCallbackMethod_InitProducer<v1::Data::WithRawCallbackMethod_Read<
        v1::Data::WithRawCallbackMethod_ReadStream<v1::Data::Service>>>>>;

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class DataService final : public RawData, public RpcService {
 public:
  DataService(Appender& appender, const DataEnvironment& environment)
      : appender_(appender),
        runner_(environment.producers, environment.admin),
        read_{environment.topics, environment.logs,    environment.executor,
              environment.timers, environment.metrics, environment.budget,
              streams_,           environment.limits} {}

  grpc::Service& grpc_service() override { return *this; }
  void Stop() override {
    stopping_ = true;
    runner_.Stop();
    streams_.StopAll();
  }

  ServerUnaryReactor* Append(CallbackServerContext* context, const ByteBuffer* request,
                             ByteBuffer* response) override {
    if (!stopping_) return StartAppend(appender_, context, request, response);
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpcStatus({ErrorCode::SHUTTING_DOWN, "the broker is stopping"}));
    return reactor;
  }
  grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* AppendStream(CallbackServerContext*) override {
    return StartAppendStream(appender_, streams_);
  }
  ServerUnaryReactor* InitProducer(CallbackServerContext* context, const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return runner_.Run<v1::InitProducerRequest>(context, request, response);
  }
  ServerUnaryReactor* Read(CallbackServerContext*, const ByteBuffer* request,
                           ByteBuffer* response) override {
    return StartRead(read_, request, response);
  }
  grpc::ServerWriteReactor<ByteBuffer>* ReadStream(CallbackServerContext*,
                                                   const ByteBuffer* request) override {
    return StartReadStream(read_, request);
  }

 private:
  Appender& appender_;
  UnaryRunner<ProducersHandler> runner_;
  LiveStreams streams_;
  const ReadEnvironment read_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace

std::unique_ptr<RpcService> MakeDataService(Appender& appender,
                                            const DataEnvironment& environment) {
  return std::make_unique<DataService>(appender, environment);
}

}  // namespace strata::broker
