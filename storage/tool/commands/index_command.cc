// strata-log index DIR
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "storage/tool/commands/command.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/partition_index.h"
#include "storage/tool/output.h"
#include "storage/tool/print/index_text.h"

namespace strata::storage::tool {
namespace {

struct IndexOptions {
  std::string directory;
  PartitionChoice shown;
  Output output = Output::kText;
};

Result<Verdict> ShowIndex(const IndexOptions& options) {
  STRATA_TRY_ASSIGN(const ExaminedDirectory directory, ExaminedDirectory::Open(options.directory));
  STRATA_TRY_ASSIGN(const auto database, directory.OpenIndex());
  STRATA_TRY_ASSIGN(const auto partitions, ListIndexedPartitions(*database));
  auto json = nlohmann::ordered_json::array();
  for (const PartitionId partition : partitions) {
    if (!options.shown(partition)) continue;
    STRATA_TRY_ASSIGN(const PartitionIndex index, LoadPartitionIndex(*database, partition));
    if (options.output == Output::kJson) {
      json.push_back(ToJson(partition, index));
    } else {
      STRATA_TRY_ASSIGN(const bool wanted, Print(ToText(partition, index)));
      if (!wanted) return Verdict::kIntact;
    }
  }
  if (options.output == Output::kJson) STRATA_TRY(PrintAll(json.dump(2) + "\n"));
  return Verdict::kIntact;
}

}  // namespace

void AddIndex(CLI::App& app, Context& context) {
  auto options = std::make_shared<IndexOptions>();
  CLI::App& command = *app.add_subcommand("index", "Prints the offset index of a data directory");
  command.add_option("DIR", options->directory, "the data directory")->required();
  AddPartitionChoice(command, &options->shown);
  AddOutput(command, &options->output);
  command.callback(
      [&context, options] { context.action = [options] { return ShowIndex(*options); }; });
}

}  // namespace strata::storage::tool
