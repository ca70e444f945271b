#include "broker/rpc/consume_call.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "broker/delivery/member_session.h"
#include "broker/delivery/positions.h"
#include "broker/rpc/byte_buffer.h"
#include "broker/rpc/message_codec.h"
#include "broker/rpc/status.h"
#include "proto/base/mutex.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

constexpr std::size_t kDefaultMaxBytes = 1 << 20;
constexpr std::size_t kMaxClientIdBytes = 256;

// Unique among all members of all brokers, for all practical purposes.
MemberId NewMemberId() {
  std::random_device random;
  return fmt::format("member-{:08x}{:08x}", random(), random());
}

Result<std::vector<TopicPtr>> FindTopics(const TopicRegistry& registry, const v1::Join& join) {
  if (join.topics().empty()) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a member must name at least one topic");
  }
  std::vector<TopicPtr> topics;
  const std::set<std::string> names(join.topics().begin(), join.topics().end());
  for (const std::string& name : names) {
    STRATA_TRY_ASSIGN(TopicPtr topic, registry.Find(name));
    topics.push_back(std::move(topic));
  }
  return topics;
}

class ConsumeCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                    public MemberTransport,
                    public LiveStream {
 public:
  ConsumeCall(const ConsumeEnvironment& environment, std::string peer)
      : environment_(environment), peer_(std::move(peer)) {
    environment_.streams.Add(this);
    StartRead(&request_);
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
    if (!is_join) return ReadOn(Handle(*request));
    joined_ = true;
    {
      MutexLock lock(mutex_);
      joining_ = true;
    }
    if (!environment_.executor.Post([this, request] { JoinDone(Join(request->join())); })) {
      JoinDone(Fail(ErrorCode::SHUTTING_DOWN, "the broker is stopping"));
    }
  }

  void OnWriteDone(bool) override {
    session_->OnWritten();
    const bool congested = session_->Congested();
    MutexLock lock(mutex_);
    if (!read_paused_ || congested || finished_) return;
    read_paused_ = false;
    StartRead(&request_);
  }

  void OnCancel() override { EndSession(std::nullopt); }
  void Stop() override { EndSession(Error{ErrorCode::SHUTTING_DOWN, "the broker is stopping"}); }

  void OnDone() override {
    environment_.streams.Remove(this);
    delete this;
  }

  // MemberTransport.
  void Send(WireMessage message) override {
    message_ = ToByteBuffer(std::move(message));
    StartWrite(&message_);
  }
  void End(const std::optional<Error>& error) override {
    {
      MutexLock lock(mutex_);
      finished_ = true;
    }
    Finish(error ? ToGrpcStatus(*error) : grpc::Status::OK);
  }

 private:
  // Listens on after a message was handled, unless answers pile up or it was wrong.
  void ReadOn(const Result<void>& handled) {
    if (!handled) return EndSession(handled.error());
    const bool congested = session_->Congested();
    MutexLock lock(mutex_);
    if (finished_) return;
    if (congested) {
      read_paused_ = true;
    } else {
      StartRead(&request_);
    }
  }

  // On the executor, where this object lives only as long as `joining_` says so.
  void JoinDone(const Result<void>& joined) {
    {
      MutexLock lock(mutex_);
      joining_ = false;
      if (joined && !ended_) return StartRead(&request_);
      if (!ended_) end_error_ = joined.error();
      ended_ = true;
    }
    FinishSession();
  }

  // Ends the stream in good order; the first reason counts.
  void EndSession(std::optional<Error> error) {
    {
      MutexLock lock(mutex_);
      if (ended_) return;
      ended_ = true;
      end_error_ = std::move(error);
      if (joining_) return;
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
    if (session) {
      session->Finish(std::move(error));
    } else {
      End(error);
    }
  }

  Result<void> Join(const v1::Join& join) {
    STRATA_TRY_ASSIGN(const auto topics, FindTopics(environment_.topics, join));
    if (!v1::Encoding_IsValid(join.encoding())) {
      return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("encoding {} is not one of the three",
                                                           static_cast<int>(join.encoding())));
    }
    STRATA_TRY_ASSIGN(auto group, environment_.groups.GetOrCreate(join.group()));
    STRATA_TRY(group->PrepareTopics(topics, [&](storage::PartitionId partition) {
      return ResolvePosition(environment_.logs, partition, join.start());
    }));
    MemberSession::Options options;
    options.as_batches = join.encoding() == v1::ENCODING_BATCHES;
    options.max_bytes = std::min<std::size_t>(
        join.max_bytes() == 0 ? kDefaultMaxBytes : join.max_bytes(), environment_.max_bytes);
    MemberInfo info{NewMemberId(), PrintableMessage(join.client_id().substr(0, kMaxClientIdBytes)),
                    peer_};
    auto session = std::make_shared<MemberSession>(
        std::move(group), info.id, options,
        MemberSession::Environment{environment_.logs, environment_.executor, environment_.metrics},
        this);
    {
      MutexLock lock(mutex_);
      session_ = session;
    }
    return session->Start(std::move(info), topics);
  }

  Result<void> Handle(const v1::ConsumeRequest& request) {
    switch (request.request_case()) {
      case v1::ConsumeRequest::kCredit:
        return session_->OnCredit(request.credit());
      case v1::ConsumeRequest::kCommit:
        return session_->OnCommit(request.commit());
      case v1::ConsumeRequest::kSeek:
        return Seek(request.seek());
      case v1::ConsumeRequest::kPause:
        session_->OnPause(Known(request.pause().partitions()), true);
        return Ok();
      case v1::ConsumeRequest::kResume:
        session_->OnPause(Known(request.resume().partitions()), false);
        return Ok();
      case v1::ConsumeRequest::kRelease:
        session_->OnRelease(Known(request.release().partitions()));
        return Ok();
      default:
        return Fail(ErrorCode::MALFORMED_REQUEST,
                    "the message has none of the requests that this broker knows");
    }
  }

  Result<void> Seek(const v1::Seek& seek) {
    const auto partition = session_->FindPartition(seek.topic(), seek.partition());
    if (!partition) {
      session_->OnSeek(seek.correlation_id(),
                       Fail(ErrorCode::NOT_ASSIGNED,
                            fmt::format("partition {} of '{}' was never assigned to this member",
                                        seek.partition(), seek.topic())));
      return Ok();
    }
    const auto move = [session = session_, &logs = environment_.logs, seek, partition] {
      const auto to = ResolvePosition(logs, *partition, seek.to());
      session->OnSeek(seek.correlation_id(),
                      to ? Result<SeekTarget>(SeekTarget{*partition, *to}) : Fail(to.error()));
    };
    if (!NeedsDisk(seek.to())) {
      move();
    } else if (!environment_.executor.Post(move)) {
      return Fail(ErrorCode::SHUTTING_DOWN, "the broker is stopping");
    }
    return Ok();
  }

  // Those that this member was ever assigned; it may speak of one that it has just lost.
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
  const std::string peer_;

  // Owned by the read under way, or by whoever handles its message.
  grpc::ByteBuffer request_;
  bool joined_ = false;

  grpc::ByteBuffer message_;  // owned by the write under way

  // Set once, by the join, before its first use by anything else.
  std::shared_ptr<MemberSession> session_;

  // gRPC never calls back from within StartRead, so it may be called with the lock held.
  Mutex mutex_;
  bool joining_ GUARDED_BY(mutex_) = false;
  bool read_paused_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;     // by whatever came first
  bool finished_ GUARDED_BY(mutex_) = false;  // Finish is called: nothing may be started any more
  std::optional<Error> end_error_ GUARDED_BY(mutex_);
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartConsume(
    const ConsumeEnvironment& environment, grpc::CallbackServerContext* context) {
  return new ConsumeCall(environment, context->peer());
}

}  // namespace strata::broker
