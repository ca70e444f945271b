#include "broker/server/grpc_options.h"

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <spdlog/spdlog.h>

#include "broker/server/address.h"

namespace strata::broker {
namespace {

// gRPC's reflection library adds itself to every server of a process that is linked with it; this
// takes it off one server.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string name = grpc::reflection::ProtoServerReflectionPlugin().name();
    std::erase_if(*plugins, [&](const auto& plugin) { return plugin->name() == name; });
  }
};

bool WantsReflection(const BrokerConfig& config) {
  if (config.reflection_enabled == "auto") return IsLoopback(config.listen);
  return config.reflection_enabled == "true";
}

// Finds clients that vanished, and lets clients look for the broker as often as they like.
void SetKeepalive(const BrokerConfig& config, grpc::ServerBuilder& builder) {
  const int keepalive_ms = static_cast<int>(config.member_keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
}

void SetLimits(const BrokerConfig& config, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.max_append_message_bytes));
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(config.max_streams_per_connection));
  // A small message must not inflate into a large one before the broker has looked at it.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  grpc::ResourceQuota quota("strata");
  // Appended batches stay in the memory that gRPC received them in, while they wait for the disk
  // and in the tail cache. What bounds them there must not take what requests and responses need.
  quota.Resize(static_cast<std::size_t>(config.memory_quota_bytes + config.max_queued_bytes +
                                        config.tail_cache_bytes));
  builder.SetResourceQuota(quota);
}

void LogForGrpc(gpr_log_func_args* line) {
  const auto level =
      line->severity == GPR_LOG_SEVERITY_ERROR ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "grpc: {}", line->message);
}

void LogForProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                    const std::string& message) {
  const auto ours =
      level == google::protobuf::LOGLEVEL_FATAL ? spdlog::level::critical : spdlog::level::debug;
  spdlog::log(ours, "protobuf: {} ({}:{})", message, file, line);
}

}  // namespace

void ConfigureGrpc(const BrokerConfig& config, grpc::ServerBuilder& builder, int* listening_port) {
  grpc::EnableDefaultHealthCheckService(true);
  // A port that is taken is an error, not shared.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(config.listen, grpc::InsecureServerCredentials(), listening_port);
  SetLimits(config, builder);
  SetKeepalive(config, builder);
  if (!WantsReflection(config)) builder.SetOption(std::make_unique<WithoutReflection>());
  // Only reflection is served by gRPC's own threads.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
}

void RedirectLibraryLogs() {
  gpr_set_log_function(LogForGrpc);
  google::protobuf::SetLogHandler(LogForProtobuf);
}

}  // namespace strata::broker
