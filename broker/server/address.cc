#include "broker/server/address.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace strata::broker {
namespace {

Result<void> Unusable(std::string_view address, const char* why) {
  return Fail(ErrorCode::ADDRESS_UNUSABLE, fmt::format("cannot listen on {}: {}", address, why));
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// `error` is getaddrinfo's.
AddressList Resolve(std::string_view address, int* error) {
  const HostPort split = SplitAddress(address);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  *error = getaddrinfo(split.host.c_str(), std::to_string(split.port).c_str(), &hints, &found);
  return AddressList(*error == 0 ? found : nullptr, freeaddrinfo);
}

int OpenSocket(const addrinfo& candidate) {
  return socket(candidate.ai_family, candidate.ai_socktype | SOCK_CLOEXEC, 0);
}

// 0, or an errno.
int TryToListen(const addrinfo& candidate) {
  const int fd = OpenSocket(candidate);
  if (fd < 0) return errno;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool listens = bind(fd, candidate.ai_addr, candidate.ai_addrlen) == 0 && listen(fd, 1) == 0;
  const int error = listens ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

HostPort SplitAddress(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  std::string_view host = address.substr(0, colon);
  if (!host.empty() && host.front() == '[') host = host.substr(1, host.size() - 2);
  return {std::string(host), std::stoi(std::string(address.substr(colon + 1)))};
}

std::string WithPort(std::string_view address, int port) {
  return fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
}

bool IsLoopback(std::string_view address) {
  const std::string host = SplitAddress(address).host;
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

Result<void> CheckCanListen(std::string_view address) {
  int error = 0;
  const AddressList candidates = Resolve(address, &error);
  if (error != 0) return Unusable(address, gai_strerror(error));
  for (const addrinfo* candidate = candidates.get(); candidate; candidate = candidate->ai_next) {
    error = TryToListen(*candidate);
    if (error == 0) return Ok();
  }
  return Unusable(address, std::strerror(error));
}

void TouchAddress(std::string_view address) {
  int error = 0;
  const AddressList candidates = Resolve(address, &error);
  if (!candidates) return;
  const int fd = OpenSocket(*candidates);
  if (fd < 0) return;
  (void)connect(fd, candidates->ai_addr, candidates->ai_addrlen);
  close(fd);
}

}  // namespace strata::broker
