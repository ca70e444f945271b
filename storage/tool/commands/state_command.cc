// strata-log state DIR
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "storage/tool/commands/command.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/output.h"
#include "storage/tool/print/state_text.h"

namespace strata::storage::tool {
namespace {

struct StateOptions {
  std::string directory;
  PartitionChoice shown;
  Output output = Output::kText;
};

Result<Verdict> ShowState(const StateOptions& options) {
  STRATA_TRY_ASSIGN(const ExaminedDirectory directory, ExaminedDirectory::Open(options.directory));
  STRATA_TRY_ASSIGN(const auto database, directory.OpenTruth());
  const Truth truth = LoadTruth(*database);
  STRATA_TRY(PrintAll(options.output == Output::kJson ? StateJson(truth, options.shown)
                                                      : StateText(truth, options.shown)));
  return truth.damage.empty() ? Verdict::kIntact : Verdict::kDamaged;
}

}  // namespace

void AddState(CLI::App& app, Context& context) {
  auto options = std::make_shared<StateOptions>();
  CLI::App& command = *app.add_subcommand(
      "state", "Prints what a data directory knows of its logs, groups and metadata");
  command.add_option("DIR", options->directory, "the data directory")->required();
  AddPartitionChoice(command, &options->shown);
  AddOutput(command, &options->output);
  command.callback(
      [&context, options] { context.action = [options] { return ShowState(*options); }; });
}

}  // namespace strata::storage::tool
