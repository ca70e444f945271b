// strata bench produce | consume | latency | fanout: how fast this broker is from here.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "client/cli/bench/bench_options.h"
#include "client/cli/bench/benches.h"
#include "client/cli/context.h"

namespace strata::cli {
namespace {

constexpr char kWhatIsTold[] =
    "MB and GB are 10^6 and 10^9 bytes of keys, values and headers. The broker itself tells what "
    "processor time and memory it uses, so it may be on another machine; memory is looked at twice "
    "a second. An interrupt (ctrl-c) ends the measurement, waits for what is under way, and shows "
    "what it has come to.";

constexpr char kWholeBatches[] =
    "Whole batches are counted, so that --records may be exceeded. The end of the topic ends the "
    "measurement, too; with --records it is an error if the topic holds fewer.";

constexpr char kQuietTopic[] =
    "Nobody else may append to the topic meanwhile. The groups are made for this, and deleted "
    "afterwards.";

constexpr std::int64_t kWarmUpS = 1;

using Verb = Result<void> (*)(const Context&, const BenchOptions&);

CLI::App& AddVerb(CLI::App& noun, Context& context, const std::string& name,
                  const std::string& description, Verb run,
                  const std::shared_ptr<BenchOptions>& options) {
  CLI::App& verb = *noun.add_subcommand(name, description);
  AddWhatAndHowMuch(verb, *options);
  verb.footer(kWhatIsTold);
  verb.callback([&context, run, options] {
    if (options->linger_ms)
      options->producer.linger = std::chrono::milliseconds(*options->linger_ms);
    context.action = [&context, run, options] { return run(context, *options); };
  });
  return verb;
}

void AddProduceVerb(CLI::App& noun, Context& context) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& verb =
      AddVerb(noun, context, "produce", "Appends records as fast as they are acknowledged",
              BenchProduce, options);
  AddProducing(verb, *options);
  AddRate(verb, *options,
          "append so many records per second, all producers together; the time to the "
          "acknowledgement begins when a record is due, also if it is sent later (default: as fast "
          "as possible; then a record waits for those that were sent before it)");
  AddWarmUp(verb, *options, 0);
}

void AddConsumeVerb(CLI::App& noun, Context& context) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& verb = AddVerb(noun, context, "consume", "Reads all partitions from the beginning",
                           BenchConsume, options);
  AddConsumers(verb, *options,
               "share the partitions among so many, each with a connection of its own (default: "
               "1)");
  verb.footer(std::string(kWholeBatches) + "\n" + kWhatIsTold);
}

void AddLatencyVerb(CLI::App& noun, Context& context) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& verb = AddVerb(
      noun, context, "latency",
      "Appends at a fixed rate, and measures how long each record takes to a member of a group",
      BenchDelivery, options);
  AddRate(verb, *options,
          "needed: append so many records per second, all producers together; time begins when a "
          "record is due, also if it is sent later")
      ->required();
  AddWarmUp(verb, *options, kWarmUpS);
  AddConsumers(verb, *options, "how many members the group has (default: 1)");
  AddProducing(verb, *options);
  verb.footer(std::string(kQuietTopic) + "\n" + kWhatIsTold);
}

void AddFanoutVerb(CLI::App& noun, Context& context) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& verb = AddVerb(noun, context, "fanout", "Appends while many groups read all of it",
                           BenchDelivery, options);
  AddGroupCount(verb, *options);
  AddRate(verb, *options,
          "append so many records per second, all producers together, and measure how long each "
          "takes to each group from when it is due (default: as fast as possible)");
  AddWarmUp(verb, *options, kWarmUpS);
  AddConsumers(verb, *options, "how many members each group has (default: 1)");
  AddProducing(verb, *options);
  verb.footer(std::string(kQuietTopic) + "\n" + kWhatIsTold);
}

}  // namespace

void AddBench(CLI::App& app, Context& context) {
  CLI::App& noun = *app.add_subcommand("bench", "Measures how fast the broker is from here");
  noun.require_subcommand(1);
  AddProduceVerb(noun, context);
  AddConsumeVerb(noun, context);
  AddLatencyVerb(noun, context);
  AddFanoutVerb(noun, context);
}

}  // namespace strata::cli
