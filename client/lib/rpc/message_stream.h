// A stream to the broker for one thread that works by itself: messages are collected until it takes
// them, and a doorbell tells it that there is something to take.
//
// Use it from one thread; gRPC's threads fill the inbox behind it. The destructor breaks the stream
// off and waits until gRPC has let go of it; `ring` is not called any more afterwards.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/lib/connection.h"
#include "proto/base/fragments.h"

namespace grpc {
class ByteBuffer;
class Status;
}  // namespace grpc

namespace strata {

class RawStream;

class MessageStream {
 public:
  // Reads ahead up to `max_waiting` messages that are not taken. `ring` is called on gRPC's threads
  // when a message came or the stream ended; it must be short.
  MessageStream(Connection& connection, const std::string& method, std::size_t max_waiting,
                std::function<void()> ring);
  ~MessageStream();

  void Write(grpc::ByteBuffer message);
  void WritesDone();

  // The next message, if there is one.
  std::optional<Fragments> Take();

  // How the stream has ended, as soon as all its messages are taken.
  std::optional<grpc::Status> Ended() const;

 private:
  struct Inbox;

  const std::unique_ptr<Inbox> inbox_;
  const std::unique_ptr<RawStream> stream_;  // goes first: it fills the inbox
};

}  // namespace strata
