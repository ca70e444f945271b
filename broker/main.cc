// stratad: reads the command line, starts the server, waits for a signal, and stops it.
//
// Exit status: 0 after a clean stop, 1 if the start or the stop failed, 2 for a wrong command line
// or configuration.

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "broker/config/command_line.h"
#include "broker/server/address.h"
#include "broker/server/grpc_options.h"
#include "broker/server/port_file.h"
#include "broker/server/server.h"
#include "broker/server/version.h"
#include "proto/base/freed_memory.h"
#include "proto/base/open_files.h"

namespace strata::broker {
namespace {

enum ExitStatus { kSuccess = 0, kFailure = 1, kUsage = 2 };

// Sockets, RocksDB and sealed segments that are being read.
constexpr std::int64_t kFilesBesideLogs = 2000;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Threads inherit the mask: only main takes these signals, by sigwait.
void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

// Returns the signal. Another one ends the process at once, for people in a hurry.
int WaitForStopSignal() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return signal;
}

void SetUpLog(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("stratad"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::flush_on(spdlog::level::trace);
  RedirectLibraryLogs();
}

int FailToStart(const Error& error, std::string_view remedy) {
  spdlog::error("cannot start: {} ({}: {})", error.message, ErrorName(error.code), remedy);
  return kFailure;
}

// The table speaks of a broker that runs.
std::string StartRemedy(ErrorCode code, const std::string& data_dir) {
  if (code == ErrorCode::CORRUPT_LOG) {
    return "bring back a copy of the data directory, or make a new one of what is intact in it: "
           "strata-log repair " +
           data_dir + " --to NEWDIR";
  }
  if (code == ErrorCode::IO_ERROR) return "mend what the sentence names, and start again";
  return std::string(ErrorRemedy(code));
}

void WarnAboutOpenFiles(const BrokerConfig& config) {
  const std::int64_t limit = RaiseOpenFileLimit();
  if (limit < config.max_partitions_total + kFilesBesideLogs) {
    spdlog::warn("only {} files may be open, too few for {} partitions (max.partitions.total)",
                 limit, config.max_partitions_total);
  }
}

void WarnIfOthersReach(const std::string& address) {
  if (IsLoopback(address)) return;
  spdlog::warn(
      "there is no authentication: whoever reaches {} may read, append and delete everything",
      address);
}

int Run(const CommandLine& command_line) {
  SetUpLog(command_line.config.log_level);
  WarnAboutOpenFiles(command_line.config);
  auto server = Server::Start(command_line.config);
  if (!server) {
    const Error& error = server.error();
    return FailToStart(error, StartRemedy(error.code, command_line.config.data_dir));
  }
  const std::string& address = (*server)->address();
  const std::string& http_address = (*server)->http_address();
  if (!http_address.empty()) spdlog::info("metrics and health on http://{}", http_address);
  spdlog::info("listening on {}", address);
  WarnIfOthersReach(address);
  if (!command_line.port_file.empty()) {
    const auto written = WritePortFile(command_line.port_file, address, http_address);
    if (!written) {
      return FailToStart(written.error(), "give --port-file a path that the broker may write");
    }
  }
  spdlog::info("stratad {} ready on {}", kVersion, address);

  const int signal = WaitForStopSignal();
  spdlog::info("stopping on {}", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  if (auto stopped = (*server)->Stop(); !stopped) {
    spdlog::error("the stop was not clean: {}", stopped.error().message);
    return kFailure;
  }
  spdlog::info("stopped");
  return kSuccess;
}

int Main(const std::vector<std::string>& arguments) {
  BlockStopSignals();
  const auto command_line = ParseCommandLine(arguments);
  if (!command_line) {
    fmt::print(stderr, "stratad: {}\nTry 'stratad --help'.\n", command_line.error().message);
    return kUsage;
  }
  if (!command_line->print.empty()) {
    fmt::print("{}", command_line->print);
    return kSuccess;
  }
  return Run(*command_line);
}

}  // namespace
}  // namespace strata::broker

int main(int argc, char** argv) {
  strata::KeepFreedMemory();
  return strata::broker::Main(std::vector<std::string>(argv + 1, argv + argc));
}
