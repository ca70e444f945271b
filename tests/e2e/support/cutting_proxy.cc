#include "tests/e2e/support/cutting_proxy.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace strata::e2e {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;

sockaddr_in AddressOf(const std::string& host_port) {
  const std::size_t colon = host_port.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(host_port.substr(colon + 1))));
  inet_pton(AF_INET, host_port.substr(0, colon).c_str(), &address.sin_addr);
  return address;
}

int Check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

// One direction of a connection.
struct Flow {
  int from = -1;
  int to = -1;
  std::string waiting = {};  // read and not written yet
  bool ended = false;        // `from` sends no more

  bool wants_to_read() const { return !ended && waiting.size() < kBufferBytes; }
  bool wants_to_write() const { return !waiting.empty(); }
};

bool WouldBlock() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

// A connection and what stands behind it.
class CuttingProxy::Link {
 public:
  Link(int client, int server, std::size_t bytes_until_cut)
      : up_{client, server}, down_{server, client}, bytes_left_(bytes_until_cut) {}

  // Both ends see a reset, or an orderly end, as if by chance.
  ~Link() {
    if (bytes_left_ % 2 == 0) {
      const linger reset{1, 0};
      setsockopt(up_.from, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      setsockopt(down_.from, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    close(up_.from);
    close(down_.from);
  }

  void AddTo(std::vector<pollfd>* polled) const {
    for (const auto& [in, out] : {std::pair(&up_, &down_), std::pair(&down_, &up_)}) {
      short events = 0;
      if (in->wants_to_read()) events |= POLLIN;
      if (out->wants_to_write()) events |= POLLOUT;
      polled->push_back({in->from, events, 0});
    }
  }

  // Moves what can be moved. False: the connection is over.
  bool Move() { return Move(&up_) && Move(&down_) && !(up_.ended && down_.ended); }
  bool cut() const { return cut_; }

 private:
  bool Move(Flow* flow) {
    if (flow->wants_to_read() && !Read(flow)) return false;
    while (flow->wants_to_write()) {
      const std::size_t allowed = std::min(flow->waiting.size(), bytes_left_);
      const ssize_t sent = send(flow->to, flow->waiting.data(), allowed, MSG_NOSIGNAL);
      if (sent < 0) return WouldBlock();
      flow->waiting.erase(0, static_cast<std::size_t>(sent));
      bytes_left_ -= static_cast<std::size_t>(sent);
      cut_ = bytes_left_ == 0;
      if (cut_) return false;
    }
    if (flow->ended) shutdown(flow->to, SHUT_WR);
    return true;
  }

  static bool Read(Flow* flow) {
    std::array<char, kBufferBytes> buffer;
    const ssize_t got = recv(flow->from, buffer.data(), buffer.size(), 0);
    if (got < 0) return WouldBlock();
    flow->ended = got == 0;
    flow->waiting.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  Flow up_;
  Flow down_;
  std::size_t bytes_left_;
  bool cut_ = false;
};

CuttingProxy::CuttingProxy(const std::string& target, std::uint64_t seed, std::size_t mean_bytes)
    : target_(target), mean_bytes_(mean_bytes), random_(seed) {
  listener_ = Check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  sockaddr_in address = AddressOf("127.0.0.1:0");
  socklen_t size = sizeof address;
  Check(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), "bind");
  Check(listen(listener_, SOMAXCONN), "listen");
  Check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  Check(pipe2(stop_pipe_, O_CLOEXEC), "pipe");
  thread_ = std::thread([this] { Run(); });
}

CuttingProxy::~CuttingProxy() {
  close(stop_pipe_[1]);
  thread_.join();
  links_.clear();
  close(stop_pipe_[0]);
  close(listener_);
}

void CuttingProxy::Run() {
  while (true) {
    std::vector<pollfd> polled{{stop_pipe_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& link : links_) link->AddTo(&polled);
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
    for (auto link = links_.begin(); link != links_.end();) {
      const bool goes_on = (*link)->Move();
      if (!goes_on && (*link)->cut()) ++cuts_;
      link = goes_on ? std::next(link) : links_.erase(link);
    }
    if (polled[1].revents != 0) Accept();
  }
}

void CuttingProxy::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = AddressOf(target_);
  // On the loopback interface this does not wait: somebody listens there, or nobody does.
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(server);
    close(client);
    return;
  }
  fcntl(server, F_SETFL, O_NONBLOCK);
  std::uniform_int_distribution<std::size_t> until_cut(1, 2 * mean_bytes_);
  links_.push_back(std::make_unique<Link>(client, server, until_cut(random_)));
}

}  // namespace strata::e2e
