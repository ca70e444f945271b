#include "tests/unit/client/support/fake_broker.h"

#include <utility>

#include "google/rpc/error_details.pb.h"
#include "strata/v1/admin.grpc.pb.h"
#include "strata/v1/data.grpc.pb.h"
#include "strata/v1/groups.grpc.pb.h"

namespace strata::testing {
namespace {

class FakeAdmin final : public v1::Admin::Service {
 public:
  explicit FakeAdmin(MemoryLog& log) : log_(log) {}

  grpc::Status DescribeTopic(grpc::ServerContext*, const v1::DescribeTopicRequest* request,
                             v1::DescribeTopicResponse* response) override {
    const std::int32_t partitions = log_.PartitionCount(request->name());
    if (partitions == 0) {
      return StatusOf(ErrorCode::UNKNOWN_TOPIC, "topic '" + request->name() + "' does not exist");
    }
    response->mutable_topic()->set_name(request->name());
    response->mutable_topic()->set_partition_count(partitions);
    v1::ConfigEntry& entry = *response->add_config();
    entry.set_key("max.batch.bytes");
    entry.set_value("2000000");
    return grpc::Status::OK;
  }

 private:
  MemoryLog& log_;
};

class FakeData final : public v1::Data::Service {
 public:
  FakeData(MemoryLog& log, FakeProducers& producers) : log_(log), producers_(producers) {}

  void DecideAppends(std::function<AppendFate(const v1::AppendRequest&)> decide) {
    MutexLock lock(mutex_);
    decide_append_ = std::move(decide);
  }
  void DecideIdentities(std::function<std::optional<ErrorCode>()> decide) {
    MutexLock lock(mutex_);
    decide_identity_ = std::move(decide);
  }
  void DecideReads(std::function<bool()> go_on) {
    MutexLock lock(mutex_);
    go_on_reading_ = std::move(go_on);
  }

  grpc::Status InitProducer(grpc::ServerContext*, const v1::InitProducerRequest* request,
                            v1::InitProducerResponse* response) override {
    {
      MutexLock lock(mutex_);
      const auto refused = decide_identity_ ? decide_identity_() : std::nullopt;
      if (refused) return StatusOf(*refused, "refused by the test");
    }
    const FakeProducers::Identity identity = producers_.Init(request->name());
    response->set_producer_id(identity.id);
    response->set_epoch(identity.epoch);
    return grpc::Status::OK;
  }

  grpc::Status AppendStream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::AppendResponse, v1::AppendRequest>* stream) override {
    using Kind = AppendFate::Kind;
    const grpc::Status broken(grpc::StatusCode::UNAVAILABLE, "Socket closed");
    v1::AppendRequest request;
    while (stream->Read(&request)) {
      const AppendFate fate = FateOf(request);
      if (fate.kind == Kind::kIgnore) continue;
      if (fate.kind == Kind::kCutBefore) return broken;
      const v1::AppendResponse response =
          fate.kind == Kind::kRefuse ? Refusal(request, {fate.error, "refused by the test"})
                                     : Accept(request);
      if (fate.kind == Kind::kCutAfter) return broken;
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status ReadStream(grpc::ServerContext* context, const v1::ReadRequest* request,
                          grpc::ServerWriter<v1::ReadResponse>* writer) override {
    if (log_.PartitionCount(request->topic()) <= request->partition()) {
      return StatusOf(ErrorCode::UNKNOWN_PARTITION, "there is no such partition");
    }
    const Offset end_at_start = log_.End(request->topic(), request->partition());
    Offset next = FirstOffset(*request, end_at_start);
    while (!context->IsCancelled()) {
      if (request->stop_at_end() && next >= end_at_start) return grpc::Status::OK;
      log_.AwaitBehind(request->topic(), request->partition(), next);
      const Offset end = log_.End(request->topic(), request->partition());
      if (end <= next) continue;
      v1::ReadResponse response;
      response.set_batches(log_.BatchesFrom(request->topic(), request->partition(), next,
                                            request->max_bytes(), &next));
      response.set_stable_offset(end);
      response.set_log_end_offset(end);
      response.set_next_offset(next);
      writer->Write(response);
      if (!GoOnReading()) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
    }
    return grpc::Status::CANCELLED;
  }

 private:
  static v1::AppendResponse Refusal(const v1::AppendRequest& request, const Error& error) {
    v1::AppendResponse response;
    response.set_correlation_id(request.correlation_id());
    response.mutable_error()->set_reason(std::string(ErrorName(error.code)));
    response.mutable_error()->set_message(error.message);
    return response;
  }

  v1::AppendResponse Accept(const v1::AppendRequest& request) {
    MutexLock lock(append_mutex_);
    const BatchHeader header = *ParseBatchHeader(request.batch());
    const auto original = producers_.Check(request.partition(), header);
    if (!original) return Refusal(request, original.error());
    v1::AppendResponse response;
    response.set_correlation_id(request.correlation_id());
    response.set_partition(request.partition());
    response.set_durability(v1::DURABILITY_FSYNC);
    response.set_duplicate(original->has_value());
    if (*original) {
      response.set_base_offset(**original);
    } else {
      response.set_base_offset(log_.Append(request.topic(), request.partition(), request.batch()));
      producers_.Add(request.partition(), header, response.base_offset());
    }
    return response;
  }

  static Offset FirstOffset(const v1::ReadRequest& request, Offset end) {
    switch (request.from().at_case()) {
      case v1::Position::kOffset:
        return request.from().offset();
      case v1::Position::kEdge:
        return request.from().edge() == v1::Position::EDGE_END ? end : 0;
      default:
        return 0;
    }
  }

  AppendFate FateOf(const v1::AppendRequest& request) {
    MutexLock lock(mutex_);
    return decide_append_ ? decide_append_(request) : AppendFate{};
  }

  bool GoOnReading() {
    MutexLock lock(mutex_);
    return go_on_reading_ ? go_on_reading_() : true;
  }

  MemoryLog& log_;
  FakeProducers& producers_;
  Mutex append_mutex_;  // one append at a time
  Mutex mutex_;
  std::function<std::optional<ErrorCode>()> decide_identity_ STRATA_GUARDED_BY(mutex_);
  std::function<AppendFate(const v1::AppendRequest&)> decide_append_ STRATA_GUARDED_BY(mutex_);
  std::function<bool()> go_on_reading_ STRATA_GUARDED_BY(mutex_);
};

class FakeGroups final : public v1::Groups::CallbackService {
 public:
  explicit FakeGroups(SessionQueue& sessions) : sessions_(sessions) {}

  grpc::ServerBidiReactor<v1::ConsumeRequest, v1::ConsumeResponse>* Consume(
      grpc::CallbackServerContext*) override {
    auto session = std::make_shared<ConsumeSession>();
    session->Begin();
    sessions_.Add(session);
    return session.get();
  }

 private:
  SessionQueue& sessions_;
};

}  // namespace

struct FakeBroker::Services {
  Services(MemoryLog& log, FakeProducers& producers, SessionQueue& sessions)
      : admin(log), data(log, producers), groups(sessions) {}

  FakeAdmin admin;
  FakeData data;
  FakeGroups groups;
};

FakeBroker::FakeBroker() : services_(std::make_unique<Services>(log_, producers_, sessions_)) {
  Start();
}

FakeBroker::~FakeBroker() {
  Stop();
}

std::string FakeBroker::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::shared_ptr<Connection> FakeBroker::Connect() const {
  return *Connection::Open(
      {.broker = address(), .client_id = "test", .call_timeout = std::chrono::seconds(20)});
}

void FakeBroker::Stop() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

void FakeBroker::Start() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials(), &port_);
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.RegisterService(&services_->admin);
  builder.RegisterService(&services_->data);
  builder.RegisterService(&services_->groups);
  server_ = builder.BuildAndStart();
}

void FakeBroker::DecideAppends(std::function<AppendFate(const v1::AppendRequest&)> decide) {
  services_->data.DecideAppends(std::move(decide));
}

void FakeBroker::DecideIdentities(std::function<std::optional<ErrorCode>()> decide) {
  services_->data.DecideIdentities(std::move(decide));
}

void FakeBroker::DecideReads(std::function<bool()> go_on) {
  services_->data.DecideReads(std::move(go_on));
}

grpc::Status StatusOf(ErrorCode code, const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ErrorName(code)));
  info.set_domain("strata");
  google::rpc::Status details;
  details.set_code(ErrorGrpcStatus(code));
  details.set_message(message);
  details.add_details()->PackFrom(info);
  return grpc::Status(static_cast<grpc::StatusCode>(ErrorGrpcStatus(code)), message,
                      details.SerializeAsString());
}

}  // namespace strata::testing
