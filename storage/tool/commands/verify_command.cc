// strata-log verify PATH
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "storage/tool/commands/command.h"
#include "storage/tool/output.h"
#include "storage/tool/verify/verify.h"

namespace strata::storage::tool {
namespace {

struct VerifyCommandOptions {
  std::string path;
  bool quick = false;
  Output output = Output::kText;
};

Result<Report> VerifyPath(const std::string& path, const VerifyOptions& options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return VerifyDirectory(path, options);
  return VerifySegment(path, options);
}

Result<Verdict> Verify(const VerifyCommandOptions& options) {
  STRATA_TRY_ASSIGN(const Report report, VerifyPath(options.path, {options.quick}));
  STRATA_TRY(PrintAll(options.output == Output::kJson ? ToJson(report) : ToText(report)));
  return report.intact() ? Verdict::kIntact : Verdict::kDamaged;
}

}  // namespace

void AddVerify(CLI::App& app, Context& context) {
  auto options = std::make_shared<VerifyCommandOptions>();
  CLI::App& command =
      *app.add_subcommand("verify", "Examines a segment file or a whole data directory");
  command.add_option("PATH", options->path, "a segment file or a data directory")->required();
  command.add_flag("--quick", options->quick,
                   "check the CRC of each batch, but not the records in it");
  AddOutput(command, &options->output);
  command.footer(
      "damage: something stored is not there as it was stored. torn: the end of a write that a\n"
      "crash interrupted. hint: something that only shortens searches is missing or stale. stray:\n"
      "belongs to nothing.\n"
      "Exit status: 0 intact, 1 damage found, 2 it cannot be read.");
  command.callback(
      [&context, options] { context.action = [options] { return Verify(*options); }; });
}

}  // namespace strata::storage::tool
