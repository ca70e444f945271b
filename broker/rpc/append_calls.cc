#include "broker/rpc/append_calls.h"

#include <deque>
#include <utility>

#include "broker/append/append_request.h"
#include "broker/rpc/byte_buffer.h"
#include "broker/rpc/status.h"
#include "broker/wire/error_message.h"
#include "proto/base/mutex.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {
namespace {

// What the requests of one stream may cost until their answers are written; above it the stream is
// not read.
constexpr std::size_t kMaxUnansweredBytes = 64 << 20;
// What a request costs beside its bytes, so that empty ones are bounded too.
constexpr std::size_t kRequestCostBytes = 1 << 10;

class AppendStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                     public LiveStream {
 public:
  AppendStream(Appender& appender, LiveStreams& streams) : appender_(appender), streams_(streams) {
    StartRead(&request_);
    streams_.Add(this);
  }

  void OnReadDone(bool ok) override {
    const std::size_t cost = ok ? request_.Length() + kRequestCostBytes : 0;
    bool handle = false;
    {
      MutexLock lock(mutex_);
      handle = ok && !stopping_;
      if (!ok) read_ended_ = true;
      if (handle) {
        ++appending_;
        unanswered_bytes_ += cost;
      }
    }
    if (handle) Handle(cost);
    {
      MutexLock lock(mutex_);
      reading_ = false;
    }
    Advance();
  }

  void OnWriteDone(bool) override {
    {
      MutexLock lock(mutex_);
      writing_ = false;
      unanswered_bytes_ -= answers_.front().cost;
      answers_.pop_front();
    }
    Advance();
  }

  void OnDone() override {
    streams_.Remove(this);
    delete this;
  }

  void Stop() override {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
    }
    Advance();
  }

 private:
  struct Answer {
    grpc::ByteBuffer message;
    std::size_t cost = 0;  // of the request that it answers
  };

  void Handle(std::size_t cost) {
    v1::AppendRequest request;
    auto batch = ParseAppendRequest(ToFragments(request_), &request);
    request_.Clear();
    const std::uint64_t id = request.correlation_id();
    if (!batch) return Answered(cost, id, Fail(batch.error()));
    appender_.Append(request, std::move(*batch),
                     [this, cost, id](Result<v1::AppendResponse> result) {
                       Answered(cost, id, std::move(result));
                     });
  }

  void Answered(std::size_t cost, std::uint64_t correlation_id, Result<v1::AppendResponse> result) {
    v1::AppendResponse response;
    if (result) {
      response = std::move(*result);
    } else {
      response.set_correlation_id(correlation_id);
      *response.mutable_error() = ToProto(result.error());
    }
    {
      MutexLock lock(mutex_);
      answers_.push_back({ToByteBuffer(Serialize(response)), cost});
    }
    Advance(/*appended=*/1);
  }

  // Reads on, writes the next answer, or ends the stream when everything is answered. Only with
  // `appended` does an append stop to be under way: until then the stream cannot end, and so this
  // object lives. gRPC never calls back from within StartRead and StartWrite, so they may be called
  // with the lock held.
  void Advance(std::size_t appended = 0) {
    bool stopped = false;
    {
      MutexLock lock(mutex_);
      appending_ -= appended;
      if (finished_) return;
      ReadOn();
      if (writing_) return;
      if (!answers_.empty()) {
        writing_ = true;
        return StartWrite(&answers_.front().message);
      }
      if (appending_ > 0 || !(read_ended_ || stopping_)) return;
      finished_ = true;
      stopped = !read_ended_;
    }
    Finish(stopped ? ToGrpcStatus({ErrorCode::SHUTTING_DOWN, "the broker is stopping"})
                   : grpc::Status::OK);
  }

  void ReadOn() STRATA_REQUIRES(mutex_) {
    if (reading_ || read_ended_ || stopping_ || unanswered_bytes_ > kMaxUnansweredBytes) return;
    reading_ = true;
    StartRead(&request_);
  }

  // Constant after construction.
  Appender& appender_;
  LiveStreams& streams_;

  grpc::ByteBuffer request_;  // owned by the read under way, or by OnReadDone

  Mutex mutex_;
  // The front one is owned by the write under way.
  std::deque<Answer> answers_ STRATA_GUARDED_BY(mutex_);
  std::size_t appending_ STRATA_GUARDED_BY(mutex_) = 0;
  std::size_t unanswered_bytes_ STRATA_GUARDED_BY(mutex_) = 0;
  bool reading_ STRATA_GUARDED_BY(mutex_) = true;  // until what was read has been handled
  bool writing_ STRATA_GUARDED_BY(mutex_) = false;
  bool read_ended_ STRATA_GUARDED_BY(mutex_) = false;
  bool stopping_ STRATA_GUARDED_BY(mutex_) = false;
  bool finished_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerUnaryReactor* StartAppend(Appender& appender, grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  v1::AppendRequest parsed;
  auto batch = ParseAppendRequest(ToFragments(*request), &parsed);
  if (!batch) {
    reactor->Finish(ToGrpcStatus(batch.error()));
    return reactor;
  }
  appender.Append(parsed, std::move(*batch), [=](Result<v1::AppendResponse> result) {
    if (!result) return reactor->Finish(ToGrpcStatus(result.error()));
    *response = ToByteBuffer(Serialize(*result));
    reactor->Finish(grpc::Status::OK);
  });
  return reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartAppendStream(
    Appender& appender, LiveStreams& streams) {
  return new AppendStream(appender, streams);
}

}  // namespace strata::broker
