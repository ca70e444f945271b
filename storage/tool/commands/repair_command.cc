// strata-log repair DIR --to NEWDIR
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "storage/tool/commands/command.h"
#include "storage/tool/output.h"
#include "storage/tool/repair/repair.h"
#include "storage/tool/verify/verify.h"

namespace strata::storage::tool {
namespace {

struct RepairOptions {
  std::string from;
  std::string to;
  Output output = Output::kText;
};

// The proof of the repair: what was made must be intact.
Result<void> CheckRepaired(const std::string& to) {
  STRATA_TRY_ASSIGN(const Report report, VerifyDirectory(to, {}));
  if (report.intact()) return Ok();
  return Fail(ErrorCode::INTERNAL,
              fmt::format("the repaired directory '{}' does not verify:\n{}", to, ToText(report)));
}

Result<Verdict> RunRepair(const RepairOptions& options) {
  STRATA_TRY_ASSIGN(const Report report, RepairDirectory(options.from, options.to));
  STRATA_TRY(PrintAll(options.output == Output::kJson ? ToJson(report) : ToText(report)));
  STRATA_TRY(CheckRepaired(options.to));
  return report.intact() ? Verdict::kIntact : Verdict::kDamaged;
}

}  // namespace

void AddRepair(CLI::App& app, Context& context) {
  auto options = std::make_shared<RepairOptions>();
  CLI::App& command = *app.add_subcommand(
      "repair", "Makes a new data directory of what is intact in a damaged one");
  command.add_option("DIR", options->from, "the damaged data directory, which stays as it is")
      ->required();
  command
      .add_option("--to", options->to, "where to make the new one: it must not exist, or be empty")
      ->required()
      ->type_name("NEWDIR");
  AddOutput(command, &options->output);
  command.footer(
      "Offsets never change: what is lost within a log stays empty, and is named. Topics whose "
      "names\n"
      "are lost are called recovered-ID. Start stratad on NEWDIR afterwards, and keep DIR until "
      "you\n"
      "need nothing more of it.\n"
      "Exit status: 0 all was copied, 1 NEWDIR was made without what is named, 2 it was not made.");
  command.callback(
      [&context, options] { context.action = [options] { return RunRepair(*options); }; });
}

}  // namespace strata::storage::tool
