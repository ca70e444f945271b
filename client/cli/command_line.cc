#include "client/cli/command_line.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "client/cli/context.h"

namespace strata::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void Report(std::string_view message, std::string_view reason, std::string_view hint) {
  fmt::print(stderr, "strata: {} ({})\nhint: {}\n", message, reason, hint);
}

void Build(CLI::App& app, Context& context) {
  app.set_version_flag("--version", "strata " STRATA_VERSION);
  // Options in front of the noun may stand behind it, too.
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--broker", context.broker, "address of the broker")
      ->type_name("HOST:PORT")
      ->envname("STRATA_BROKER")
      ->capture_default_str();
  AddTopic(app, context);
  AddProduce(app, context);
  AddConsume(app, context);
  AddGroup(app, context);
  AddBench(app, context);
  app.footer("Exit status: 0 success, 1 failure, 2 wrong usage.");
}

// "strata topic create", as far as the command line was understood.
std::string CommandOf(const CLI::App& app) {
  std::string command = "strata";
  for (const CLI::App* current = &app; current != nullptr;) {
    const auto subcommands = current->get_subcommands();
    current = subcommands.empty() ? nullptr : subcommands.front();
    if (current != nullptr) command += " " + current->get_name();
  }
  return command;
}

// CLI11 looks for what is missing before it looks at what it does not know.
std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(true);
  return unknown.empty() ? error.what() : fmt::format("'{}' is not known here", unknown.front());
}

int ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  Report(UsageMessage(app, error), ErrorName(ErrorCode::INVALID_ARGUMENT),
         fmt::format("see '{} --help'", CommandOf(app)));
  return kUsage;
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way, too.
    return error.get_exit_code() == 0 ? app.exit(error) : ReportUsage(app, error);
  }
  return Run(context);
}

}  // namespace strata::cli
