#include "client/lib/rpc/message_stream.h"

#include <deque>
#include <utility>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/connection_impl.h"
#include "client/lib/rpc/raw_stream.h"
#include "proto/base/mutex.h"

namespace strata {

struct MessageStream::Inbox {
  Inbox(std::size_t max, std::function<void()> bell) : max_waiting(max), ring(std::move(bell)) {}

  const std::size_t max_waiting;
  const std::function<void()> ring;

  Mutex mutex;
  std::deque<Fragments> messages STRATA_GUARDED_BY(mutex);
  std::optional<grpc::Status> ended STRATA_GUARDED_BY(mutex);

  bool Add(const grpc::ByteBuffer& buffer) {
    Fragments message = ToFragments(buffer);
    bool room = false;
    {
      MutexLock lock(mutex);
      messages.push_back(std::move(message));
      room = messages.size() < max_waiting;
    }
    ring();
    return room;
  }

  void End(const grpc::Status& status) {
    {
      MutexLock lock(mutex);
      ended = status;
    }
    ring();
  }
};

MessageStream::MessageStream(Connection& connection, const std::string& method,
                             std::size_t max_waiting, std::function<void()> ring)
    : inbox_(std::make_unique<Inbox>(max_waiting, std::move(ring))),
      stream_(RawStream::Start(
          connection.impl().channel, method,
          {.message = [inbox = inbox_.get()](const auto& buffer) { return inbox->Add(buffer); },
           .closed = [inbox = inbox_.get()](const auto& status) { inbox->End(status); }})) {}

MessageStream::~MessageStream() = default;

void MessageStream::Write(grpc::ByteBuffer message) {
  stream_->Write(std::move(message));
}

void MessageStream::WritesDone() {
  stream_->WritesDone();
}

std::optional<Fragments> MessageStream::Take() {
  std::optional<Fragments> message;
  {
    MutexLock lock(inbox_->mutex);
    if (inbox_->messages.empty()) return std::nullopt;
    message = std::move(inbox_->messages.front());
    inbox_->messages.pop_front();
  }
  stream_->ReadNext();
  return message;
}

std::optional<grpc::Status> MessageStream::Ended() const {
  MutexLock lock(inbox_->mutex);
  if (!inbox_->messages.empty()) return std::nullopt;
  return inbox_->ended;
}

}  // namespace strata
