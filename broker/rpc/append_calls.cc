#include "broker/rpc/append_calls.h"

#include <deque>
#include <utility>

#include "broker/append/append_request.h"
#include "broker/rpc/byte_buffer.h"
#include "broker/rpc/status.h"
#include "proto/base/mutex.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {
namespace {

// Bytes of requests that one stream may have under way; above it the stream is not read.
constexpr std::size_t kMaxStreamBytesUnderWay = 64 << 20;

class AppendStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                     public LiveStream {
 public:
  AppendStream(Appender& appender, LiveStreams& streams) : appender_(appender), streams_(streams) {
    streams_.Add(this);
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      {
        MutexLock lock(mutex_);
        read_ended_ = true;
      }
      return Advance();
    }
    const std::size_t bytes = request_.Length();
    {
      MutexLock lock(mutex_);
      ++under_way_;
      bytes_under_way_ += bytes;
    }
    Handle(bytes);
    ReadOn();
  }

  void OnWriteDone(bool) override {
    {
      MutexLock lock(mutex_);
      writing_ = false;
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
  void Handle(std::size_t bytes) {
    v1::AppendRequest request;
    auto batch = ParseAppendRequest(ToSharedBytes(request_), &request);
    request_.Clear();
    if (!batch) return Answer(bytes, request.correlation_id(), Fail(batch.error()));
    const std::uint64_t id = request.correlation_id();
    appender_.Append(request, std::move(*batch),
                     [this, bytes, id](Result<v1::AppendResponse> result) {
                       Answer(bytes, id, std::move(result));
                     });
  }

  void ReadOn() {
    {
      MutexLock lock(mutex_);
      if (bytes_under_way_ > kMaxStreamBytesUnderWay) {
        read_paused_ = true;
        return;
      }
    }
    StartRead(&request_);
  }

  void Answer(std::size_t bytes, std::uint64_t correlation_id, Result<v1::AppendResponse> result) {
    v1::AppendResponse response;
    if (result) {
      response = std::move(*result);
    } else {
      response.set_correlation_id(correlation_id);
      *response.mutable_error() = ToProto(result.error());
    }
    bool read_on = false;
    {
      MutexLock lock(mutex_);
      bytes_under_way_ -= bytes;
      answers_.push_back(ToByteBuffer(Serialize(response)));
      read_on = read_paused_ && bytes_under_way_ <= kMaxStreamBytesUnderWay;
      if (read_on) read_paused_ = false;
    }
    if (read_on) StartRead(&request_);
    Advance(/*answered=*/1);
  }

  // Writes the next answer, or ends the stream when everything is answered. Only with `answered`
  // does a request stop to be under way: until then the stream cannot end, and so this object
  // lives.
  void Advance(std::size_t answered = 0) {
    bool finish = false;
    bool stopped = false;
    {
      MutexLock lock(mutex_);
      under_way_ -= answered;
      if (writing_ || finished_) return;
      if (!answers_.empty()) {
        answer_ = std::move(answers_.front());
        answers_.pop_front();
        writing_ = true;
      } else if (under_way_ == 0 && (read_ended_ || stopping_)) {
        finished_ = finish = true;
        stopped = stopping_ && !read_ended_;
      } else {
        return;
      }
    }
    if (!finish) return StartWrite(&answer_);
    Finish(stopped ? ToGrpcStatus({ErrorCode::SHUTTING_DOWN, "the broker is stopping"})
                   : grpc::Status::OK);
  }

  // Constant after construction.
  Appender& appender_;
  LiveStreams& streams_;

  grpc::ByteBuffer request_;  // owned by the read under way, or by OnReadDone

  Mutex mutex_;
  grpc::ByteBuffer answer_;  // owned by the write under way; set before it starts
  std::deque<grpc::ByteBuffer> answers_ GUARDED_BY(mutex_);
  std::size_t under_way_ GUARDED_BY(mutex_) = 0;
  std::size_t bytes_under_way_ GUARDED_BY(mutex_) = 0;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool read_paused_ GUARDED_BY(mutex_) = false;
  bool read_ended_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerUnaryReactor* StartAppend(Appender& appender, grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  v1::AppendRequest parsed;
  auto batch = ParseAppendRequest(ToSharedBytes(*request), &parsed);
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
