#include "bench/compare/limits/grpc_server.h"

#include <cstdint>
#include <sstream>
#include <stdexcept>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "bench/compare/limits/grpc_text.h"
#include "bench/compare/limits/shape.h"
#include "proto/base/mutex.h"

namespace strata::compare {
namespace {

// Reads on at once, and answers whenever no answer is on its way. Deletes itself.
class Taker final : public grpc::ServerGenericBidiReactor {
 public:
  Taker() { StartRead(&message_); }

 private:
  void OnReadDone(bool ok) override {
    MutexLock lock(mutex_);
    if (ok) {
      ++taken_;
      StartRead(&message_);
    } else {
      ended_ = true;
    }
    AnswerOrFinish();
  }

  void OnWriteDone(bool) override {
    MutexLock lock(mutex_);
    writing_ = false;
    AnswerOrFinish();
  }

  void OnDone() override { delete this; }

  void AnswerOrFinish() STRATA_REQUIRES(mutex_) {
    if (writing_ || finished_) return;
    if (answered_ < taken_) {
      writing_ = true;
      answered_ = taken_;
      answer_ = ToBuffer(std::to_string(taken_));
      StartWrite(&answer_);
    } else if (ended_) {
      finished_ = true;
      Finish(grpc::Status::OK);
    }
  }

  // Owned by gRPC while a read or a write is under way.
  grpc::ByteBuffer message_;
  grpc::ByteBuffer answer_;

  Mutex mutex_;
  std::uint64_t taken_ STRATA_GUARDED_BY(mutex_) = 0;
  std::uint64_t answered_ STRATA_GUARDED_BY(mutex_) = 0;
  bool writing_ STRATA_GUARDED_BY(mutex_) = false;
  bool ended_ STRATA_GUARDED_BY(mutex_) = false;
  bool finished_ STRATA_GUARDED_BY(mutex_) = false;
};

// One call after the other: needs no lock. Deletes itself.
class Giver final : public grpc::ServerGenericBidiReactor {
 public:
  Giver() { StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish({grpc::StatusCode::INVALID_ARGUMENT, "there was no request"});
      return;
    }
    std::istringstream words(ToText(request_));
    std::size_t value_bytes = 0;
    words >> left_ >> value_bytes;
    const grpc::Slice slice(ShapeOf(value_bytes, kReceiveMessageBytes).message);
    message_ = grpc::ByteBuffer(&slice, 1);
    GiveNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      GiveNext();
    } else {
      Finish({grpc::StatusCode::CANCELLED, "the client has gone"});
    }
  }

  void OnDone() override { delete this; }

  void GiveNext() {
    if (left_ == 0) {
      Finish(grpc::Status::OK);
      return;
    }
    --left_;
    outgoing_ = message_;  // shares the bytes
    StartWrite(&outgoing_);
  }

  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  grpc::ByteBuffer outgoing_;
  std::uint64_t left_ = 0;
};

class Service final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == kTakeMethod) return new Taker();
    return new Giver();
  }
};

}  // namespace

void ServeStreams(const std::string& address) {
  Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(-1);
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("cannot listen on " + address);
  server->Wait();
  throw std::runtime_error("the server has ended by itself");
}

}  // namespace strata::compare
