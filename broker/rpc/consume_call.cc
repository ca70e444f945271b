#include "broker/rpc/consume_call.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "broker/delivery/member_session.h"
#include "broker/delivery/positions.h"
#include "broker/rpc/byte_buffer.h"
#include "broker/rpc/join_group.h"
#include "broker/rpc/join_request.h"
#include "broker/rpc/message_codec.h"
#include "broker/rpc/status.h"
#include "proto/base/mutex.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

class ConsumeCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                    public MemberTransport,
                    public LiveStream {
 public:
  ConsumeCall(const ConsumeEnvironment& environment, grpc::CallbackServerContext* context)
      : environment_(environment), context_(context), peer_(context->peer()) {
    StartRead(&request_);
    environment_.streams.Add(this);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return EndSession(std::nullopt);
    auto request = std::make_shared<v1::ConsumeRequest>();
    if (auto parsed = ParseMessage(request_, request.get()); !parsed) {
      return EndSession(parsed.error());
    }
    request_.Clear();
    const bool is_join = request->request_case() == v1::ConsumeRequest::kJoin;
    if (is_join == joined_) {
      return EndSession(Error{ErrorCode::INVALID_ARGUMENT,
                              joined_ ? "this member has joined already"
                                      : "the first message of a member must be join"});
    }
    if (is_join) {
      joined_ = true;
      HandleOn(environment_.admin, [this, request] { return Join(request->join()); });
    } else if (request->request_case() == v1::ConsumeRequest::kSeek) {
      HandleOn(environment_.executor, [this, request, begun = session_->OnSeekBegun()] {
        return Seek(request->seek(), begun);
      });
    } else {
      Handled(Handle(*request));
    }
  }

  void OnWriteDone(bool) override {
    session_->OnWritten();
    MutexLock lock(mutex_);
    if (!read_paused_ || ended_ || session_->Congested()) return;
    read_paused_ = false;
    StartRead(&request_);
  }

  void OnCancel() override { EndSession(std::nullopt); }
  void Stop() override { EndSession(Error{ErrorCode::SHUTTING_DOWN, "the broker is stopping"}); }

  void OnDone() override {
    TellThatItIsGone();
    environment_.streams.Remove(this);
    delete this;
  }

  // MemberTransport.
  void Send(WireMessage message) override {
    message_ = ToByteBuffer(std::move(message));
    StartWrite(&message_);
  }
  void GiveUp(const Error& error, bool at_once) override {
    EndSession(error);
    if (at_once) context_->TryCancel();
  }
  void End(const std::optional<Error>& error) override {
    Finish(error ? ToGrpcStatus(*error) : grpc::Status::OK);
  }

 private:
  // Handles a message on an executor. Until that is done nothing else is read, and the stream does
  // not end, so that this object lives.
  void HandleOn(Executor& executor, std::function<Result<void>()> handle) {
    {
      MutexLock lock(mutex_);
      if (ended_) return;
      busy_ = true;
    }
    const bool posted =
        executor.Post([this, handle = std::move(handle)] { HandledElsewhere(handle()); });
    if (!posted) {
      HandledElsewhere(Fail(ErrorCode::OVERLOADED, "the broker has too much to do, or stops"));
    }
  }

  void HandledElsewhere(const Result<void>& handled) {
    {
      MutexLock lock(mutex_);
      busy_ = false;
      if (handled && !ended_) return ReadOn();
      if (!ended_) end_error_ = handled.error();
      ended_ = true;
    }
    FinishSession();
  }

  void Handled(const Result<void>& handled) {
    if (!handled) return EndSession(handled.error());
    MutexLock lock(mutex_);
    if (!ended_) ReadOn();
  }

  // gRPC never calls back from within StartRead, so it may be called with the lock held.
  void ReadOn() STRATA_REQUIRES(mutex_) {
    if (session_->Congested()) {
      read_paused_ = true;
    } else {
      StartRead(&request_);
    }
  }

  // Ends the stream in good order; the first reason counts.
  void EndSession(std::optional<Error> error) {
    {
      MutexLock lock(mutex_);
      if (ended_) return;
      ended_ = true;
      end_error_ = std::move(error);
      if (busy_) return;
    }
    FinishSession();
  }

  void FinishSession() {
    std::optional<Error> error;
    std::shared_ptr<MemberSession> session;
    {
      MutexLock lock(mutex_);
      error = end_error_;
      session = session_;
    }
    if (!session) return End(error);
    if (error) environment_.journal.Gone(group_, member_, {.error = error});
    session->Finish(std::move(error));
  }

  // Only now it is certain whether the connection has ended.
  void TellThatItIsGone() {
    MutexLock lock(mutex_);
    if (!session_ || end_error_) return;
    environment_.journal.Gone(group_, member_, {.disconnected = context_->IsCancelled()});
  }

  Result<void> Join(const v1::Join& join) {
    STRATA_TRY_ASSIGN(const JoinRequest request,
                      ReadJoin(join, environment_.join_defaults, environment_.patterns, peer_));
    TopicMatches matching(request.pattern, [&] { return environment_.topics.List(); });
    return JoinGroup(join, &matching, {environment_.topics, environment_.groups, environment_.logs},
                     [&](const auto& group, const auto& named) {
                       return StartSession(request, group, named, &matching);
                     });
  }

  Result<void> StartSession(const JoinRequest& request, const std::shared_ptr<Group>& group,
                            const std::vector<TopicPtr>& named, TopicMatches* matching) {
    auto session = std::make_shared<MemberSession>(
        group, request.info.id, request.session,
        MemberSession::Environment{environment_.logs, environment_.executor, environment_.metrics,
                                   environment_.budget, environment_.timers},
        this);
    {
      MutexLock lock(mutex_);
      session_ = session;
    }
    Result<void> started = session->Start(request.info, request.options, named, matching);
    if (started) {
      group_ = group->name();
      member_ = request.info;
      environment_.journal.Joined(group_, member_);
      return started;
    }
    MutexLock lock(mutex_);
    session_ = nullptr;
    return started;
  }

  Result<void> Handle(const v1::ConsumeRequest& request) {
    switch (request.request_case()) {
      case v1::ConsumeRequest::kCredit:
        return session_->OnCredit(request.credit());
      case v1::ConsumeRequest::kCommit:
        return session_->OnCommit(request.commit());
      case v1::ConsumeRequest::kPause:
        session_->OnPause(Known(request.pause().partitions()), true);
        return Ok();
      case v1::ConsumeRequest::kResume:
        session_->OnPause(Known(request.resume().partitions()), false);
        return Ok();
      case v1::ConsumeRequest::kRelease:
        session_->OnRelease(Known(request.release().partitions()));
        return Ok();
      case v1::ConsumeRequest::kWorking:
        session_->OnWorking();
        return Ok();
      default:
        return Fail(ErrorCode::MALFORMED_REQUEST,
                    "the message has none of the requests that this broker knows");
    }
  }

  Result<void> Seek(const v1::Seek& seek, MemberSession::SeekBegun begun) {
    const auto partition = session_->FindPartition(seek.topic(), seek.partition());
    if (!partition) {
      session_->OnSeek(begun, seek.correlation_id(), Fail(partition.error()));
      return Ok();
    }
    if (seek.to().at_case() == v1::Position::AT_NOT_SET) {
      return Fail(ErrorCode::INVALID_ARGUMENT, "a seek must say where to");
    }
    const auto to = ResolvePosition(environment_.logs, *partition, seek.to());
    session_->OnSeek(begun, seek.correlation_id(),
                     to ? Result<SeekTarget>(SeekTarget{*partition, *to}) : Fail(to.error()));
    return Ok();
  }

  // Those that this member holds; it may speak of one that it has just lost.
  std::vector<PartitionId> Known(
      const google::protobuf::RepeatedPtrField<v1::TopicPartition>& named) {
    std::vector<PartitionId> partitions;
    for (const v1::TopicPartition& partition : named) {
      if (auto known = session_->FindPartition(partition.topic(), partition.partition())) {
        partitions.push_back(*known);
      }
    }
    return partitions;
  }

  // Constant after construction.
  const ConsumeEnvironment& environment_;
  grpc::CallbackServerContext* const context_;
  const std::string peer_;

  // Owned by the read under way, or by whoever handles its message.
  grpc::ByteBuffer request_;
  bool joined_ = false;

  grpc::ByteBuffer message_;  // owned by the write under way

  // Set by the join, before anything can use them.
  std::shared_ptr<MemberSession> session_;
  std::string group_;
  MemberInfo member_;

  Mutex mutex_;
  bool busy_ STRATA_GUARDED_BY(mutex_) = false;  // an executor handles a message
  bool read_paused_ STRATA_GUARDED_BY(mutex_) = false;
  bool ended_ STRATA_GUARDED_BY(mutex_) = false;  // nothing is read any more
  std::optional<Error> end_error_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartConsume(
    const ConsumeEnvironment& environment, grpc::CallbackServerContext* context) {
  return new ConsumeCall(environment, context);
}

}  // namespace strata::broker
