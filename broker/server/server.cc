#include "broker/server/server.h"

#include <atomic>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <spdlog/spdlog.h>

#include "broker/server/address.h"
#include "broker/server/broker.h"
#include "broker/server/grpc_options.h"
#include "broker/server/http_listener.h"

namespace strata::broker {
namespace {

class NetworkServer final : public Server {
 public:
  NetworkServer(const BrokerConfig& config, std::unique_ptr<Broker> broker)
      : config_(config), broker_(std::move(broker)) {}

  ~NetworkServer() override {
    if (auto stopped = Stop(); !stopped) {
      spdlog::error("cannot stop cleanly: {}", stopped.error().message);
    }
  }

  Result<void> Listen() {
    STRATA_TRY(ListenForHttp());
    return ListenForGrpc();
  }

  const std::string& address() const override { return address_; }
  const std::string& http_address() const override { return http_address_; }

  Result<void> Stop() override {
    serving_ = false;
    StopGrpc();
    http_.reset();
    return broker_->Close();
  }

 private:
  Result<void> Health() const {
    if (!serving_) return Fail(ErrorCode::SHUTTING_DOWN, "stopping");
    return broker_->health();
  }

  Result<void> ListenForHttp() {
    if (config_.http_listen.empty()) return Ok();
    STRATA_TRY_ASSIGN(http_, HttpListener::Start(config_.http_listen,
                                                 {[this] { return broker_->metrics().Render(); },
                                                  [this] { return Health(); }}));
    http_address_ = http_->address();
    return Ok();
  }

  Result<void> ListenForGrpc() {
    int port = 0;
    grpc::ServerBuilder builder;
    ConfigureGrpc(config_, builder, &port);
    for (const auto& service : broker_->services()) {
      builder.RegisterService(&service->grpc_service());
    }
    grpc_ = builder.BuildAndStart();
    if (!grpc_ || port == 0) {
      return Fail(ErrorCode::ADDRESS_UNUSABLE, fmt::format("cannot listen on {}", config_.listen));
    }
    address_ = WithPort(config_.listen, port);
    serving_ = true;
    return Ok();
  }

  void StopGrpc() {
    if (!grpc_) return;
    if (auto* health = grpc_->GetHealthCheckService()) health->Shutdown();
    for (const auto& service : broker_->services()) service->Stop();
    grpc_->Shutdown(std::chrono::system_clock::now() +
                    std::chrono::milliseconds(config_.shutdown_timeout_ms));
    grpc_->Wait();
    grpc_.reset();
  }

  const BrokerConfig config_;
  std::string address_;
  std::string http_address_;
  std::atomic<bool> serving_ = false;

  // In the order of use: the services outlive the servers that call them.
  const std::unique_ptr<Broker> broker_;
  std::unique_ptr<HttpListener> http_;
  std::unique_ptr<grpc::Server> grpc_;
};

Result<void> CheckHttpAddress(const BrokerConfig& config) {
  if (config.http_listen == config.listen && SplitAddress(config.listen).port != 0) {
    return Fail(ErrorCode::ADDRESS_UNUSABLE,
                fmt::format("listen and http.listen cannot both be {}", config.listen));
  }
  return CheckCanListen(config.http_listen);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const BrokerConfig& config) {
  // Before the logs are opened, which may take a while.
  STRATA_TRY(CheckCanListen(config.listen));
  if (!config.http_listen.empty()) STRATA_TRY(CheckHttpAddress(config));
  STRATA_TRY_ASSIGN(auto broker, Broker::Open(config));
  auto server = std::make_unique<NetworkServer>(config, std::move(broker));
  STRATA_TRY(server->Listen());
  return server;
}

}  // namespace strata::broker
