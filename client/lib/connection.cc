#include "client/lib/connection.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include "client/lib/rpc/connection_impl.h"

namespace strata {
namespace {

// The largest batch that a topic can allow is 64 MiB; around it stands a little more.
constexpr int kMaxReceiveBytes = 65 << 20;
constexpr int kKeepaliveIntervalMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kFirstReconnectMs = 50;
constexpr int kLongestReconnectMs = 1'000;

grpc::ChannelArguments ChannelArgumentsForBroker() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveIntervalMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // A stream may be silent for long, and must notice all the same that the broker is gone.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  // A connection of its own for each Connection, past any HTTP proxy of the environment.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Retrying belongs to Producer, Reader and Consumer, which know what may be repeated.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return arguments;
}

bool IsPort(std::string_view text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && rest == end && port >= 1 && port <= 65535;
}

bool IsHost(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') return text.size() > 2 && text.back() == ']';
  return text.find_first_of(":/ []") == std::string_view::npos;
}

bool IsHostAndPort(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  return colon != std::string_view::npos && IsHost(address.substr(0, colon)) &&
         IsPort(address.substr(colon + 1));
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::Open(ConnectionOptions options) {
  if (!IsHostAndPort(options.broker)) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("'{}' is not the address of a broker, which looks like HOST:PORT",
                            options.broker));
  }
  auto channel = grpc::CreateCustomChannel(
      "dns:///" + options.broker, grpc::InsecureChannelCredentials(), ChannelArgumentsForBroker());
  auto impl = std::make_unique<Impl>(Impl{std::move(options), std::move(channel)});
  return std::shared_ptr<Connection>(new Connection(std::move(impl)));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

const ConnectionOptions& Connection::options() const {
  return impl_->options;
}

Connection::State Connection::state() const {
  switch (impl_->channel->GetState(/*try_to_connect=*/false)) {
    case GRPC_CHANNEL_READY:
      return State::kConnected;
    case GRPC_CHANNEL_TRANSIENT_FAILURE:
    case GRPC_CHANNEL_SHUTDOWN:
      return State::kUnreachable;
    case GRPC_CHANNEL_IDLE:
    case GRPC_CHANNEL_CONNECTING:
      break;
  }
  return State::kIdle;
}

}  // namespace strata
