// strata_limit_tcp: messages through a plain TCP connection of the loopback interface.
//
// A connection begins with a Request. To send, the client writes that many messages and waits for
// one byte; to receive, it reads that many.
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/compare/limits/limit_options.h"
#include "bench/compare/limits/shape.h"
#include "bench/compare/limits/system_check.h"

namespace strata::compare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSend = 1;
constexpr std::uint64_t kReceive = 2;

// Both ends are on one machine: as memory has it.
struct Request {
  std::uint64_t direction = 0;
  std::uint64_t messages = 0;
  std::uint64_t message_bytes = 0;
};

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) { Check(descriptor >= 0, "socket"); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  int get() const { return descriptor_; }

  void Write(const void* bytes, std::size_t size) const {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count =
          send(descriptor_, static_cast<const char*>(bytes) + done, size - done, MSG_NOSIGNAL);
      Check(count > 0, "send");
      done += static_cast<std::size_t>(count);
    }
  }

  void Read(void* bytes, std::size_t size) const {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count = recv(descriptor_, static_cast<char*>(bytes) + done, size - done, 0);
      if (count == 0) throw std::runtime_error("the other end has gone");
      Check(count > 0, "recv");
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  int descriptor_;
};

sockaddr_in Loopback(const std::string& address) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(PortOf(address)));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return place;
}

void Answer(const Socket& socket) {
  Request request;
  socket.Read(&request, sizeof request);
  std::vector<char> message(request.message_bytes);
  for (std::uint64_t i = 0; i < request.messages; ++i) {
    if (request.direction == kSend) {
      socket.Read(message.data(), message.size());
    } else {
      socket.Write(message.data(), message.size());
    }
  }
  if (request.direction == kSend) socket.Write("", 1);
}

[[noreturn]] void Serve(const std::string& address) {
  const Socket listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in place = Loopback(address);
  Check(bind(listener.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0, "bind");
  Check(listen(listener.get(), 16) == 0, "listen");
  for (;;) {
    const Socket accepted(accept(listener.get(), nullptr, nullptr));
    try {
      Answer(accepted);
    } catch (const std::runtime_error&) {
      // Somebody looked whether the port is open.
    }
  }
}

Socket Connect(const std::string& address) {
  Socket made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const sockaddr_in place = Loopback(address);
  Check(connect(made.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0,
        "connect");
  return made;
}

Measured Run(const LimitOptions& options) {
  if (options.verb == "serve") Serve(options.address);
  const bool sending = options.verb == "send";
  if (!sending && options.verb != "receive") throw std::runtime_error("no such verb");
  Shape shape = ShapeOf(options.size, sending ? kSendMessageBytes : kReceiveMessageBytes);
  const Request request{.direction = sending ? kSend : kReceive,
                        .messages = shape.MessagesFor(options.records),
                        .message_bytes = shape.message.size()};
  const Socket connection = Connect(options.address);
  const auto begin = Clock::now();
  connection.Write(&request, sizeof request);
  for (std::uint64_t i = 0; i < request.messages; ++i) {
    if (sending) {
      connection.Write(shape.message.data(), shape.message.size());
    } else {
      connection.Read(shape.message.data(), shape.message.size());
    }
  }
  char done = 0;
  if (sending) connection.Read(&done, 1);
  const std::uint64_t records = request.messages * shape.records_per_message;
  return {.records = records, .bytes = records * options.size, .time = Clock::now() - begin};
}

}  // namespace
}  // namespace strata::compare

int main(int argc, char** argv) {
  return strata::compare::RunLimit(argc, argv, strata::compare::Run);
}
