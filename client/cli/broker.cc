// strata broker describe
#include <chrono>
#include <cstdint>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/cli/context.h"
#include "client/cli/options.h"
#include "client/cli/sink.h"
#include "client/cli/table.h"
#include "client/lib/admin.h"

namespace strata::cli {
namespace {

constexpr std::int64_t kMegabyte = 1'000'000;

std::int64_t InMs(std::chrono::microseconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

Result<void> Describe(const Context& context, Output output) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const BrokerInfo broker, Admin(connection).DescribeBroker());
  if (output == Output::kJson) {
    const nlohmann::ordered_json json = {{"version", broker.version},
                                         {"cluster_id", broker.cluster_id},
                                         {"uptime_ms", broker.uptime_ms},
                                         {"topics", broker.topic_count},
                                         {"partitions", broker.partition_count},
                                         {"cpu_ms", InMs(broker.cpu_time)},
                                         {"resident_bytes", broker.resident_bytes}};
    return Print(json.dump(2) + "\n");
  }
  using enum Table::Align;
  Table table({{"VERSION"},
               {"CLUSTER"},
               {"UPTIME-SECONDS", kRight},
               {"TOPICS", kRight},
               {"PARTITIONS", kRight},
               {"CPU-SECONDS", kRight},
               {"MEMORY-MB", kRight}});
  table.Add({broker.version, broker.cluster_id, std::to_string(broker.uptime_ms / 1000),
             std::to_string(broker.topic_count), std::to_string(broker.partition_count),
             std::to_string(InMs(broker.cpu_time) / 1000),
             std::to_string(broker.resident_bytes / kMegabyte)});
  return Print(table.ToString());
}

}  // namespace

void AddBroker(CLI::App& app, Context& context) {
  CLI::App& noun = *app.add_subcommand("broker", "Shows the broker");
  noun.require_subcommand(1);
  CLI::App& describe =
      *noun.add_subcommand("describe", "Shows its version, how much it holds, and what it uses");
  const auto output = std::make_shared<Output>(Output::kTable);
  AddOutput(describe, output.get());
  describe.callback([&context, output] {
    context.action = [&context, output] { return Describe(context, *output); };
  });
}

}  // namespace strata::cli
