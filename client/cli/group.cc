// strata group list | describe | seek | delete
#include <algorithm>
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

using Json = nlohmann::ordered_json;
using enum Table::Align;

struct GroupOptions {
  std::string group;
  std::string topic;
  std::optional<Position> to;
  std::vector<std::int32_t> partitions;
  bool dry_run = false;
  Output output = Output::kTable;
};

// "-" for what there is not.
std::string OffsetText(Offset offset) {
  return offset == kNoOffset ? "-" : std::to_string(offset);
}

Json ToJson(const GroupPartitionInfo& partition) {
  return {{"topic", partition.topic},
          {"partition", partition.partition},
          {"current", partition.current},
          {"committed", partition.committed},
          {"log_start", partition.log_start},
          {"log_end", partition.log_end},
          {"lag_records", partition.lag_records},
          {"lag_delivery_records", partition.lag_delivery_records},
          {"lag_seconds", partition.lag_seconds},
          {"in_flight", partition.in_flight},
          {"member", partition.member},
          {"committed_at_ms", partition.committed_at_ms},
          {"metadata", partition.metadata}};
}

Json ToJson(const GroupMemberInfo& member) {
  return {{"member", member.member_id},
          {"client_id", member.client_id},
          {"peer", member.peer},
          {"partitions", member.partitions}};
}

Json ToJson(const GroupDescription& group) {
  Json json = {{"group", group.name}, {"generation", group.generation}};
  json["members"] = Json::array();
  for (const auto& member : group.members) json["members"].push_back(ToJson(member));
  json["partitions"] = Json::array();
  for (const auto& partition : group.partitions) json["partitions"].push_back(ToJson(partition));
  return json;
}

std::string PartitionsTable(const GroupDescription& group) {
  Table table({{"TOPIC"},
               {"PARTITION", kRight},
               {"CURRENT", kRight},
               {"COMMITTED", kRight},
               {"END", kRight},
               {"LAG", kRight},
               {"LAG-SECONDS", kRight},
               {"MEMBER"}});
  for (const auto& partition : group.partitions) {
    table.Add({partition.topic, std::to_string(partition.partition), OffsetText(partition.current),
               OffsetText(partition.committed), std::to_string(partition.log_end),
               std::to_string(partition.lag_records), fmt::format("{:.1f}", partition.lag_seconds),
               partition.member.empty() ? "-" : partition.member});
  }
  return table.ToString();
}

std::string MembersTable(const GroupDescription& group) {
  Table table({{"MEMBER"}, {"CLIENT"}, {"PEER"}, {"PARTITIONS", kRight}});
  for (const auto& member : group.members) {
    table.Add({member.member_id, member.client_id, member.peer, std::to_string(member.partitions)});
  }
  return table.ToString();
}

Result<void> List(const Context& context, const GroupOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto groups, Admin(connection).ListGroups());
  if (options.output == Output::kJson) {
    Json json = Json::array();
    for (const GroupInfo& group : groups) {
      json.push_back(
          {{"group", group.name}, {"members", group.members}, {"generation", group.generation}});
    }
    return Print(json.dump(2) + "\n");
  }
  Table table({{"GROUP"}, {"MEMBERS", kRight}, {"GENERATION", kRight}});
  for (const GroupInfo& group : groups) {
    table.Add({group.name, std::to_string(group.members), std::to_string(group.generation)});
  }
  return Print(table.ToString());
}

Result<void> Describe(const Context& context, const GroupOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto group, Admin(connection).DescribeGroup(options.group));
  if (options.output == Output::kJson) return Print(ToJson(group).dump(2) + "\n");
  const std::size_t members = group.members.size();
  std::string text =
      fmt::format("group {}, {} member{}\n\n", group.name, members, members == 1 ? "" : "s") +
      PartitionsTable(group);
  if (!group.members.empty()) text += "\n" + MembersTable(group);
  return Print(text);
}

// Whether the group has got its first cursors on the topic.
bool BeginsThere(const std::vector<SeekInfo>& moves) {
  return std::all_of(moves.begin(), moves.end(),
                     [](const SeekInfo& move) { return move.from == kNoOffset; });
}

Result<void> Seek(const Context& context, const GroupOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto moves,
                    Admin(connection)
                        .SeekGroup(options.group, options.topic, options.partitions, *options.to,
                                   options.dry_run));
  if (options.output == Output::kJson) {
    Json json = Json::array();
    for (const SeekInfo& move : moves) {
      json.push_back({{"partition", move.partition},
                      {"from", move.from},
                      {"to", move.to},
                      {"moved", !options.dry_run}});
    }
    return Print(json.dump(2) + "\n");
  }
  Table table({{"PARTITION", kRight}, {"FROM", kRight}, {"TO", kRight}});
  for (const SeekInfo& move : moves) {
    table.Add({std::to_string(move.partition), OffsetText(move.from), OffsetText(move.to)});
  }
  std::string text = table.ToString();
  if (BeginsThere(moves)) {
    text +=
        fmt::format("group '{}' had not read topic '{}' before\n", options.group, options.topic);
  }
  return Print(text + (options.dry_run ? "nothing was moved (--dry-run)\n" : ""));
}

Result<void> Delete(const Context& context, const GroupOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY(Admin(connection).DeleteGroup(options.group));
  return Print(fmt::format("deleted group '{}'\n", options.group));
}

using Verb = Result<void> (*)(const Context&, const GroupOptions&);

CLI::App* AddVerb(CLI::App& noun, Context& context, const std::string& name,
                  const std::string& description, Verb run,
                  const std::shared_ptr<GroupOptions>& options) {
  CLI::App* verb = noun.add_subcommand(name, description);
  verb->callback([&context, run, options] {
    context.action = [&context, run, options] { return run(context, *options); };
  });
  return verb;
}

void AddName(CLI::App& verb, GroupOptions& options) {
  verb.add_option("GROUP", options.group, "name of the group")->required();
}

}  // namespace

void AddGroup(CLI::App& app, Context& context) {
  CLI::App& noun = *app.add_subcommand("group", "Shows, rewinds and deletes consumer groups");
  noun.require_subcommand(1);
  auto options = std::make_shared<GroupOptions>();

  CLI::App& list = *AddVerb(noun, context, "list", "Lists all groups", List, options);
  AddOutput(list, &options->output);

  CLI::App& describe = *AddVerb(noun, context, "describe",
                                "Shows both cursors, the lag and the members", Describe, options);
  AddName(describe, *options);
  AddOutput(describe, &options->output);

  CLI::App& seek =
      *AddVerb(noun, context, "seek", "Moves both cursors, whether the group has members or not",
               Seek, options);
  AddName(seek, *options);
  seek.add_option("--topic", options->topic, "name of the topic")->required()->type_name("T");
  AddPosition(seek, "--to", &options->to, "where to move it")->required();
  AddPartitions(seek, &options->partitions, "only this partition; may be given several times");
  seek.add_flag("--dry-run", options->dry_run, "only show what would happen");
  AddOutput(seek, &options->output);

  CLI::App& remove =
      *AddVerb(noun, context, "delete", "Deletes a group with its cursors", Delete, options);
  AddName(remove, *options);
}

}  // namespace strata::cli
