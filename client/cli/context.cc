#include "client/cli/context.h"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <unistd.h>

namespace strata::cli {
namespace {

// For people who look at the members of a group.
std::string ClientId() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return "strata";
  return fmt::format("strata@{}/{}", host.data(), getpid());
}

}  // namespace

Result<std::shared_ptr<Connection>> Context::Connect() const {
  return Connection::Open(
      {.broker = broker, .client_id = ClientId(), .call_timeout = std::chrono::seconds(timeout_s)});
}

}  // namespace strata::cli
