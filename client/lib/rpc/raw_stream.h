// A bidirectional stream of raw messages to the broker. (A server stream is one, too: write one
// message, then WritesDone.)
//
// Threads: the handlers run on threads of gRPC's, one at a time, without any lock held; they must
// be short and must not wait. All methods may be called from any thread, from within handlers as
// well, but not the destructor.
//
// Ownership: the destructor breaks the stream off and waits until gRPC has let go of it; afterwards
// no handler runs any more. It is the owner's thread that must let go of the channel: gRPC's own
// threads would wait for themselves if they dropped its last reference.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "proto/base/mutex.h"

namespace strata {

class RawStream final : private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  struct Handlers {
    // A message came. Returns whether to read on; if not, nothing more is read until ReadNext is
    // called: this is the back-pressure.
    std::function<bool(const grpc::ByteBuffer&)> message;
    // The last call of all, exactly once, however the stream ended; after all messages have been
    // read, unless it was cancelled.
    std::function<void(const grpc::Status&)> closed;
  };

  // `method` is "/package.Service/Method". Reads the first message by itself. Does not wait for the
  // connection to be made; fails at once if it cannot be.
  static std::unique_ptr<RawStream> Start(const std::shared_ptr<grpc::Channel>& channel,
                                          const std::string& method, Handlers handlers);

  // Queues a message; they go out in order. Dropped if the stream is closing.
  void Write(grpc::ByteBuffer message);

  // Closes our half when all that was queued is written.
  void WritesDone();

  // Reads on. Does nothing while a message is on its way.
  void ReadNext();

  ~RawStream() override;

 private:
  explicit RawStream(Handlers handlers) : handlers_(std::move(handlers)) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void StartNextWrite() STRATA_REQUIRES(mutex_);
  void StartNextRead() STRATA_REQUIRES(mutex_);
  void BeginClosing() STRATA_REQUIRES(mutex_);

  // Constant after Start.
  const Handlers handlers_;
  grpc::ClientContext context_;

  // Owned by gRPC while a read or a write is under way.
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;

  Mutex mutex_;
  CondVar closed_condition_;
  std::deque<grpc::ByteBuffer> queue_ STRATA_GUARDED_BY(mutex_);
  bool reading_ STRATA_GUARDED_BY(mutex_) = true;  // until the handler has returned
  bool read_again_ STRATA_GUARDED_BY(mutex_) = false;
  bool writing_ STRATA_GUARDED_BY(mutex_) = false;
  bool write_failed_ STRATA_GUARDED_BY(mutex_) = false;
  bool writes_done_ STRATA_GUARDED_BY(mutex_) = false;
  bool half_closed_ STRATA_GUARDED_BY(mutex_) = false;
  // From here on nothing may be started: the hold that keeps the call open is gone.
  bool closing_ STRATA_GUARDED_BY(mutex_) = false;
  bool closed_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata
