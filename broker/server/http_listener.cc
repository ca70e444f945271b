#include "broker/server/http_listener.h"

#include <chrono>
#include <future>
#include <string_view>
#include <utility>

#include <civetweb.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/server/address.h"

namespace strata::broker {
namespace {

void Answer(mg_connection* connection, std::string_view status, std::string_view type,
            std::string_view body) {
  const std::string head = fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n",
      status, type, body.size());
  mg_write(connection, head.data(), head.size());
  mg_write(connection, body.data(), body.size());
}

int HandleRequest(mg_connection* connection) {
  const mg_request_info* request = mg_get_request_info(connection);
  const auto& pages = *static_cast<const HttpListener::Pages*>(request->user_data);
  const std::string_view method = request->request_method;
  const std::string_view path = request->local_uri ? request->local_uri : "";
  if (path != "/metrics" && path != "/healthz") {
    Answer(connection, "404 Not Found", "text/plain", "there are /metrics and /healthz\n");
    return 404;
  }
  if (method != "GET") {
    Answer(connection, "405 Method Not Allowed", "text/plain", "only GET is answered\n");
    return 405;
  }
  if (path == "/metrics") {
    Answer(connection, "200 OK", "text/plain; version=0.0.4", pages.metrics());
    return 200;
  }
  if (const Result<void> health = pages.health(); !health) {
    Answer(connection, "503 Service Unavailable", "text/plain", health.error().message + "\n");
    return 503;
  }
  Answer(connection, "200 OK", "text/plain", "ok\n");
  return 200;
}

int LogMessage(const mg_connection*, const char* message) {
  spdlog::debug("http: {}", message);
  return 1;
}

int ChosenPort(const mg_context* context, int fallback) {
  mg_server_port port{};
  return mg_get_server_ports(context, 1, &port) == 1 ? port.port : fallback;
}

// civetweb looks for its stop flag only when a connection comes, or every two seconds: connections
// that say nothing let it look at once.
void StopQuickly(mg_context* context, const std::string& address) {
  auto stopped = std::async(std::launch::async, [context] { mg_stop(context); });
  do {
    TouchAddress(address);
  } while (stopped.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready);
}

}  // namespace

struct HttpListener::Impl {
  explicit Impl(Pages p) : pages(std::move(p)) {}
  ~Impl() {
    if (context) StopQuickly(context, address);
    mg_exit_library();
  }

  const Pages pages;
  mg_context* context = nullptr;
  std::string address;  // with the port that was chosen
};

Result<std::unique_ptr<HttpListener>> HttpListener::Start(const std::string& address, Pages pages) {
  STRATA_TRY(CheckCanListen(address));
  mg_init_library(0);
  auto impl = std::make_unique<Impl>(std::move(pages));
  mg_callbacks callbacks{};
  callbacks.begin_request = HandleRequest;
  callbacks.log_message = LogMessage;
  const char* options[] = {"listening_ports",    address.c_str(), "num_threads", "2",
                           "request_timeout_ms", "10000",         nullptr};
  impl->context = mg_start(&callbacks, const_cast<Pages*>(&impl->pages), options);
  if (!impl->context) {
    return Fail(ErrorCode::ADDRESS_UNUSABLE, fmt::format("cannot listen on {}", address));
  }
  impl->address = WithPort(address, ChosenPort(impl->context, SplitAddress(address).port));
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(impl)));
}

HttpListener::HttpListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpListener::~HttpListener() = default;

const std::string& HttpListener::address() const {
  return impl_->address;
}

}  // namespace strata::broker
