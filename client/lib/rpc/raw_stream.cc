#include "client/lib/rpc/raw_stream.h"

#include <utility>

namespace strata {

std::unique_ptr<RawStream> RawStream::Start(const std::shared_ptr<grpc::Channel>& channel,
                                            const std::string& method, Handlers handlers) {
  std::unique_ptr<RawStream> stream(new RawStream(std::move(handlers)));
  grpc::GenericStub stub(channel);
  stub.PrepareBidiStreamingCall(&stream->context_, method, {}, stream.get());
  stream->AddHold();
  stream->StartRead(&stream->incoming_);
  stream->StartCall();
  return stream;
}

void RawStream::Write(grpc::ByteBuffer message) {
  MutexLock lock(mutex_);
  if (closing_ || write_failed_) return;
  queue_.push_back(std::move(message));
  StartNextWrite();
}

void RawStream::WritesDone() {
  MutexLock lock(mutex_);
  writes_done_ = true;
  StartNextWrite();
}

void RawStream::ReadNext() {
  MutexLock lock(mutex_);
  if (reading_) {
    read_again_ = true;
  } else {
    StartNextRead();
  }
}

RawStream::~RawStream() {
  {
    MutexLock lock(mutex_);
    BeginClosing();
  }
  context_.TryCancel();
  MutexLock lock(mutex_);
  while (!closed_) closed_condition_.Wait(mutex_);
}

void RawStream::OnReadDone(bool ok) {
  grpc::ByteBuffer message;
  {
    MutexLock lock(mutex_);
    read_again_ = false;
    if (!ok) {
      reading_ = false;
      return BeginClosing();
    }
    message.Swap(&incoming_);
  }
  const bool read_on = handlers_.message(message);
  // Only now may the next one be read: it could overtake this one on another thread.
  MutexLock lock(mutex_);
  reading_ = false;
  if (read_on || read_again_) StartNextRead();
}

void RawStream::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  outgoing_.Clear();
  if (ok) return StartNextWrite();
  // The stream is broken, but it ends only when all that came before has been read.
  write_failed_ = true;
  queue_.clear();
}

void RawStream::OnDone(const grpc::Status& status) {
  handlers_.closed(status);
  // The destructor may go on as soon as the mutex is free.
  MutexLock lock(mutex_);
  closed_ = true;
  closed_condition_.NotifyAll();
}

void RawStream::StartNextWrite() {
  if (writing_ || write_failed_ || closing_) return;
  if (!queue_.empty()) {
    writing_ = true;
    outgoing_.Swap(&queue_.front());
    queue_.pop_front();
    StartWrite(&outgoing_);
  } else if (writes_done_ && !half_closed_) {
    half_closed_ = true;
    StartWritesDone();
  }
}

void RawStream::StartNextRead() {
  if (closing_) return;
  reading_ = true;
  StartRead(&incoming_);
}

void RawStream::BeginClosing() {
  if (closing_) return;
  closing_ = true;
  queue_.clear();
  RemoveHold();
}

}  // namespace strata
