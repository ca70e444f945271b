#include "client/cli/command_line.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "client/cli/context.h"
#include "client/cli/options.h"
#include "client/cli/usage.h"

namespace strata::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr std::int64_t kMaxTimeoutSeconds = 24 * 60 * 60;

void Report(std::string_view message, std::string_view reason, std::string_view hint) {
  fmt::print(stderr, "strata: {} ({})\nhint: {}\n", message, reason, hint);
}

void Build(CLI::App& app, Context& context) {
  app.set_version_flag("--version", "strata " STRATA_VERSION);
  app.formatter(PlainFormatter());
  // Options in front of the noun may stand behind it, too.
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--broker", context.broker, "address of the broker")
      ->type_name("HOST:PORT")
      ->envname("STRATA_BROKER")
      ->capture_default_str();
  app.add_option("--timeout", context.timeout_s, "seconds that one call to the broker may take")
      ->type_name("SECONDS")
      ->check(WholeNumber(1, kMaxTimeoutSeconds))
      ->capture_default_str();
  AddTopic(app, context);
  AddProduce(app, context);
  AddConsume(app, context);
  AddGroup(app, context);
  AddBroker(app, context);
  AddBench(app, context);
  app.footer("Exit status: 0 success, 1 failure, 2 wrong usage.");
}

int ReportUsage(const CLI::App& app, std::string_view message) {
  Report(message, ErrorName(ErrorCode::INVALID_ARGUMENT),
         fmt::format("see '{} --help'", CommandOf(app)));
  return kUsage;
}

// A wrong address is a wrong command line, too; the sentence says where it comes from.
int ReportBadBroker(const CLI::App& app, const Error& error, int argc, char** argv) {
  const bool given = std::any_of(argv, argv + argc, [](std::string_view argument) {
    return argument.starts_with("--broker");
  });
  return ReportUsage(
      app,
      fmt::format("{}: {}", given ? "--broker" : "the environment's STRATA_BROKER", error.message));
}

// "strata help topic" and "strata version" are what people type, too.
std::vector<std::string> Spelled(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return arguments;
  if (arguments[0] == "version") arguments[0] = "--version";
  if (arguments[0] == "help") {
    arguments.erase(arguments.begin());
    arguments.push_back("--help");
  }
  return arguments;
}

int Run(const Context& context) {
  const Result<void> result = context.action();
  if (result) return 0;
  const Error& error = result.error();
  Report(error.message, ErrorName(error.code),
         context.hint.empty() ? ErrorRemedy(error.code) : std::string_view(context.hint));
  return kFailed;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  Context context;
  CLI::App app("Talks to a Strata broker: topics, records and consumer groups.", "strata");
  Build(app, context);
  if (argc <= 1) {
    fmt::print(stderr, "{}", app.help());
    return kUsage;
  }
  try {
    std::vector<std::string> arguments = Spelled(argc, argv);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // Help and version come this way, too.
    if (error.get_exit_code() == 0) return app.exit(error);
    return ReportUsage(app, UsageMessage(app, error, argc, argv));
  }
  if (const auto connection = context.Connect(); !connection) {
    return ReportBadBroker(app, connection.error(), argc, argv);
  }
  return Run(context);
}

}  // namespace strata::cli
