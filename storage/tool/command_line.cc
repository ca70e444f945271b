#include "storage/tool/command_line.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "storage/tool/commands/command.h"

namespace strata::storage::tool {
namespace {

// Of a command line that is wrong, and of a command that could not do its work.
constexpr int kFailed = 2;

void Report(std::string_view message, std::string_view reason, std::string_view hint) {
  fmt::print(stderr, "strata-log: {} ({})\nhint: {}\n", message, reason, hint);
}

void Build(CLI::App& app, Context& context) {
  app.set_version_flag("--version", "strata-log " STRATA_VERSION);
  app.require_subcommand(1);
  AddSegment(app, context);
  AddIndex(app, context);
  AddState(app, context);
  AddVerify(app, context);
  AddRepair(app, context);
  app.footer("Exit status: 0 intact, 1 damage found, 2 wrong usage, or it cannot be read.");
}

std::string CommandOf(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? "strata-log" : "strata-log " + commands.front()->get_name();
}

// CLI11 looks for what is missing before it looks at what it does not know.
std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(true);
  return unknown.empty() ? error.what() : fmt::format("'{}' is not known here", unknown.front());
}

int ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  Report(UsageMessage(app, error), ErrorName(ErrorCode::INVALID_ARGUMENT),
         fmt::format("see '{} --help'", CommandOf(app)));
  return kFailed;
}

// The remedies of the table speak to those who run a broker.
std::string_view HintFor(const Error& error) {
  switch (error.code) {
    case ErrorCode::DATA_DIR_IN_USE:
      return "stop the broker that uses it, or examine a copy";
    case ErrorCode::DATA_DIR_UNUSABLE:
      return "name the data directory of a broker, and as --to one that is new or empty";
    case ErrorCode::DATA_DIR_NEWER_FORMAT:
      return "use the strata-log of the stratad that wrote it";
    case ErrorCode::CORRUPT_LOG:
      return "'strata-log verify DIR' shows all that is damaged, 'strata-log repair DIR --to "
             "NEWDIR' "
             "makes a new directory of what is not";
    case ErrorCode::DISK_FULL:
      return "free space there, or write to another disk";
    case ErrorCode::IO_ERROR:
      return "check the path and its permissions";
    default:
      return ErrorRemedy(error.code);
  }
}

int Run(const Context& context) {
  const Result<Verdict> verdict = context.action();
  if (verdict) return static_cast<int>(*verdict);
  const Error& error = verdict.error();
  Report(error.message, ErrorName(error.code), HintFor(error));
  return kFailed;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  // Of what storage would log, all that matters is in what the commands report.
  spdlog::set_level(spdlog::level::off);
  Context context;
  CLI::App app(
      "Looks into the files of a Strata broker that does not run: prints and verifies segments,\n"
      "index and data directories, and makes a new directory of what is intact in a damaged one.\n"
      "Never changes what it looks at.",
      "strata-log");
  Build(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way, too.
    return error.get_exit_code() == 0 ? app.exit(error) : ReportUsage(app, error);
  }
  return Run(context);
}

}  // namespace strata::storage::tool
