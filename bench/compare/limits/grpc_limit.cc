// strata_limit_grpc: messages through a bare gRPC stream, raw, without storage behind it.
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "bench/compare/limits/grpc_server.h"
#include "bench/compare/limits/grpc_text.h"
#include "bench/compare/limits/limit_options.h"
#include "bench/compare/limits/shape.h"

namespace strata::compare {
namespace {

using Clock = std::chrono::steady_clock;

// One stream, driven by one thread, which takes the events of a completion queue in turn.
class Stream {
 public:
  enum Event : std::intptr_t { kStarted = 1, kWritten, kRead, kHalfClosed, kFinished };

  Stream(const std::string& address, const std::string& method) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    const auto channel =
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
      throw std::runtime_error("nobody answers at " + address);
    }
    stub_ = std::make_unique<grpc::GenericStub>(channel);
    call_ = stub_->PrepareCall(&context_, method, &queue_);
    call_->StartCall(Tag(kStarted));
    if (!Wait(kStarted)) throw std::runtime_error("the call was refused");
  }

  void Write(const grpc::ByteBuffer& message) { call_->Write(message, Tag(kWritten)); }
  void Read() { call_->Read(&incoming_, Tag(kRead)); }
  const grpc::ByteBuffer& incoming() const { return incoming_; }

  // The next event. std::runtime_error if it is one of failure.
  Event Next() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok) || !ok) throw std::runtime_error("the stream broke");
    return static_cast<Event>(reinterpret_cast<std::intptr_t>(tag));
  }

  // No Write and no Read may be under way. Ends our half, and waits for the status.
  void Finish() {
    call_->WritesDone(Tag(kHalfClosed));
    if (!Wait(kHalfClosed)) throw std::runtime_error("the stream broke");
    grpc::Status status;
    call_->Finish(&status, Tag(kFinished));
    Wait(kFinished);
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }

 private:
  static void* Tag(Event event) {
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(event));
  }

  // Only `event` may be under way.
  bool Wait(Event event) {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && tag == Tag(event) && ok;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer incoming_;
};

void SendAll(Stream& stream, const grpc::ByteBuffer& message, std::uint64_t messages) {
  std::uint64_t written = 0;
  std::uint64_t answered = 0;
  bool writing = true;
  stream.Write(message);
  stream.Read();
  while (answered < messages || writing) {
    switch (stream.Next()) {
      case Stream::kWritten:
        writing = ++written < messages;
        if (writing) stream.Write(message);
        break;
      default:
        answered = std::stoull(ToText(stream.incoming()));
        if (answered < messages) stream.Read();
    }
  }
}

void ReceiveAll(Stream& stream, std::uint64_t messages, std::size_t value_bytes) {
  stream.Write(ToBuffer(std::to_string(messages) + " " + std::to_string(value_bytes)));
  if (stream.Next() != Stream::kWritten) throw std::runtime_error("the stream broke");
  for (std::uint64_t i = 0; i < messages; ++i) {
    stream.Read();
    stream.Next();
  }
}

Measured Run(const LimitOptions& options) {
  if (options.verb == "serve") ServeStreams(options.address);
  const bool sending = options.verb == "send";
  if (!sending && options.verb != "receive") throw std::runtime_error("no such verb");
  const Shape shape = ShapeOf(options.size, sending ? kSendMessageBytes : kReceiveMessageBytes);
  const std::uint64_t messages = shape.MessagesFor(options.records);
  Stream stream(options.address, sending ? kTakeMethod : kGiveMethod);
  const auto begin = Clock::now();
  if (sending) {
    const grpc::Slice slice(shape.message);
    SendAll(stream, grpc::ByteBuffer(&slice, 1), messages);
  } else {
    ReceiveAll(stream, messages, options.size);
  }
  const auto time = Clock::now() - begin;
  stream.Finish();
  const std::uint64_t records = messages * shape.records_per_message;
  return {.records = records, .bytes = records * options.size, .time = time};
}

}  // namespace
}  // namespace strata::compare

int main(int argc, char** argv) {
  return strata::compare::RunLimit(argc, argv, strata::compare::Run);
}
