// strata topic create | list | describe | alter | delete
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/cli/context.h"
#include "client/cli/options.h"
#include "client/cli/sink.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/lib/admin.h"

namespace strata::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TopicOptions {
  std::string name;
  std::int32_t partitions = 0;
  bool if_not_exists = false;
  std::map<std::string, std::string> config;
  Output output = Output::kTable;
};

Json ToJson(const TopicInfo& topic) {
  return {{"name", topic.name},
          {"id", topic.id},
          {"partition_count", topic.partition_count},
          {"created_at_ms", topic.created_at_ms},
          {"config", topic.config}};
}

Json ToJson(const PartitionInfo& partition) {
  return {{"partition", partition.partition},   {"log_start", partition.log_start},
          {"stable", partition.stable},         {"log_end", partition.log_end},
          {"size_bytes", partition.size_bytes}, {"problem", partition.problem}};
}

Json ToJson(const TopicDescription& description) {
  Json json = ToJson(description.topic);
  json["partitions"] = Json::array();
  for (const auto& partition : description.partitions) {
    json["partitions"].push_back(ToJson(partition));
  }
  json["settings"] = Json::array();
  for (const auto& entry : description.config) {
    json["settings"].push_back({{"key", entry.key},
                                {"value", entry.value},
                                {"is_set", entry.is_set},
                                {"description", entry.description}});
  }
  return json;
}

std::string ConfigText(const std::map<std::string, std::string>& config) {
  std::string text;
  for (const auto& [key, value] : config) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, value);
  }
  return text;
}

std::string PartitionsTable(const TopicDescription& description) {
  using enum Table::Align;
  Table table({{"PARTITION", kRight},
               {"START", kRight},
               {"STABLE", kRight},
               {"END", kRight},
               {"BYTES", kRight},
               {"PROBLEM"}});
  for (const auto& partition : description.partitions) {
    table.Add({std::to_string(partition.partition), std::to_string(partition.log_start),
               std::to_string(partition.stable), std::to_string(partition.log_end),
               std::to_string(partition.size_bytes), partition.problem});
  }
  return table.ToString();
}

std::string ConfigTable(const TopicDescription& description) {
  Table table({{"CONFIG"}, {"VALUE"}, {"SET"}, {"MEANING"}});
  for (const auto& entry : description.config) {
    table.Add({entry.key, entry.value, entry.is_set ? "yes" : "default", entry.description});
  }
  return table.ToString();
}

Result<void> PrintTopic(const std::string& verb, const TopicInfo& topic, Output output) {
  if (output == Output::kJson) return Print(ToJson(topic).dump(2) + "\n");
  return Print(fmt::format("{} topic '{}' with {} partition{}\n", verb, topic.name,
                           topic.partition_count, topic.partition_count == 1 ? "" : "s"));
}

Result<void> Create(const Context& context, const TopicOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  Admin admin(connection);
  const auto created = admin.CreateTopic(options.name, options.partitions, options.config);
  if (created) return PrintTopic("created", *created, options.output);
  if (!options.if_not_exists || created.error().code != ErrorCode::TOPIC_EXISTS) {
    return Fail(created.error());
  }
  STRATA_TRY_ASSIGN(const auto found, admin.DescribeTopic(options.name));
  return PrintTopic("found", found.topic, options.output);
}

Result<void> List(const Context& context, const TopicOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto topics, Admin(connection).ListTopics());
  if (options.output == Output::kJson) {
    Json json = Json::array();
    for (const TopicInfo& topic : topics) json.push_back(ToJson(topic));
    return Print(json.dump(2) + "\n");
  }
  Table table({{"TOPIC"}, {"PARTITIONS", Table::Align::kRight}, {"CREATED"}, {"CONFIG"}});
  for (const TopicInfo& topic : topics) {
    table.Add({topic.name, std::to_string(topic.partition_count), TimeText(topic.created_at_ms),
               ConfigText(topic.config)});
  }
  return Print(table.ToString());
}

Result<void> Describe(const Context& context, const TopicOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto description, Admin(connection).DescribeTopic(options.name));
  if (options.output == Output::kJson) return Print(ToJson(description).dump(2) + "\n");
  return Print(fmt::format("topic {} (id {}), created {}\n\n{}\n{}", description.topic.name,
                           description.topic.id, TimeText(description.topic.created_at_ms),
                           PartitionsTable(description), ConfigTable(description)));
}

Result<void> Alter(const Context& context, const TopicOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const TopicInfo topic,
                    Admin(connection).AlterTopic(options.name, options.config, options.partitions));
  return PrintTopic("altered", topic, options.output);
}

Result<void> Delete(const Context& context, const TopicOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY(Admin(connection).DeleteTopic(options.name));
  return Print(fmt::format("deleted topic '{}'\n", options.name));
}

using Verb = Result<void> (*)(const Context&, const TopicOptions&);

CLI::App* AddVerb(CLI::App& noun, Context& context, const std::string& name,
                  const std::string& description, Verb run,
                  const std::shared_ptr<TopicOptions>& options) {
  CLI::App* verb = noun.add_subcommand(name, description);
  verb->callback([&context, run, options] {
    context.action = [&context, run, options] { return run(context, *options); };
  });
  return verb;
}

void AddName(CLI::App& verb, TopicOptions& options) {
  verb.add_option("NAME", options.name, "name of the topic")->required();
}

constexpr char kConfigKeys[] =
    "Keys of --config: cleanup.policy, delete.retention.ms, durability, flush.interval.ms, "
    "max.batch.bytes, max.timestamp.ahead.ms, min.cleanable.dirty.ratio, "
    "min.compaction.lag.ms, retention.bytes, retention.ms, segment.bytes, segment.ms.\n"
    "'strata topic describe' of any topic tells what they mean.";

}  // namespace

void AddTopic(CLI::App& app, Context& context) {
  CLI::App& noun = *app.add_subcommand("topic", "Creates, shows, alters and deletes topics");
  noun.require_subcommand(1);
  auto options = std::make_shared<TopicOptions>();

  CLI::App& create = *AddVerb(noun, context, "create", "Creates a topic", Create, options);
  AddName(create, *options);
  AddPartitionCount(create, &options->partitions, "how many partitions (default: the broker's)");
  AddConfig(create, &options->config);
  create.add_flag("--if-not-exists", options->if_not_exists,
                  "leave a topic of that name as it is, and succeed");
  create.footer(kConfigKeys);
  AddOutput(create, &options->output);

  CLI::App& list = *AddVerb(noun, context, "list", "Lists all topics", List, options);
  AddOutput(list, &options->output);

  CLI::App& describe = *AddVerb(noun, context, "describe",
                                "Shows the partitions and settings of a topic", Describe, options);
  AddName(describe, *options);
  AddOutput(describe, &options->output);

  CLI::App& alter = *AddVerb(
      noun, context, "alter",
      "Changes settings (an empty VALUE: back to the default) or adds partitions", Alter, options);
  AddName(alter, *options);
  AddPartitionCount(alter, &options->partitions, "how many partitions; more than there are");
  AddConfig(alter, &options->config);
  alter.footer(kConfigKeys);
  alter.parse_complete_callback([options] {
    if (!options->config.empty() || options->partitions != 0) return;
    throw CLI::ValidationError("nothing to alter: give --config or --partitions");
  });
  AddOutput(alter, &options->output);

  CLI::App& remove = *AddVerb(noun, context, "delete",
                              "Deletes a topic with its records and cursors", Delete, options);
  AddName(remove, *options);
}

}  // namespace strata::cli
