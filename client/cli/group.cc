// strata group list | describe | seek | delete
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "client/cli/context.h"
#include "client/cli/group_text.h"
#include "client/cli/interrupt.h"
#include "client/cli/options.h"
#include "client/cli/sink.h"
#include "client/cli/table.h"
#include "client/lib/admin.h"
#include "client/lib/doorbell.h"
#include "client/lib/retry/backoff.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using enum Table::Align;

constexpr std::chrono::seconds kBetweenLooks{1};
// ECMA-48: to the upper left corner, and erase what is below.
constexpr char kClearScreen[] = "\x1b[H\x1b[J";

struct GroupOptions {
  std::string group;
  std::string topic;
  std::optional<Position> to;
  std::vector<std::int32_t> partitions;
  bool dry_run = false;
  bool watch = false;
  Output output = Output::kTable;
};

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

Result<GroupSnapshot> Look(const std::shared_ptr<Connection>& connection,
                           const std::string& group) {
  STRATA_TRY_ASSIGN(auto description, Admin(connection).DescribeGroup(group));
  return GroupSnapshot{std::move(description), Clock::now()};
}

Result<void> Show(const GroupSnapshot& now, const std::optional<GroupSnapshot>& before,
                  Output output) {
  const GroupRates rates = before ? RatesBetween(*before, now) : GroupRates();
  if (output == Output::kJson) return Print(ToJson(now.group, &rates).dump() + "\n");
  const bool screen = isatty(STDOUT_FILENO) == 1;
  return Print((screen ? kClearScreen : "") + ToText(now.group, &rates) + (screen ? "" : "\n"));
}

// A screen that is painted anew, or blocks one behind the other where it is no terminal; lines of
// JSON. Until a signal comes; an outage of the broker does not end it once something was seen.
Result<void> Watch(const Context& context, const GroupOptions& options) {
  Doorbell doorbell;  // outlives the thread of `interrupt`, which rings it
  Interrupt interrupt;
  interrupt.SetWakeUp([&doorbell] { doorbell.Ring(); });
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  std::optional<GroupSnapshot> before;
  bool is_lost = false;
  while (!interrupt.requested()) {
    const auto look_at = Clock::now();
    Result<GroupSnapshot> now = Look(connection, options.group);
    if (now) {
      if (std::exchange(is_lost, false)) fmt::print(stderr, "strata: the group is back\n");
      STRATA_TRY(Show(*now, before, options.output));
      before = *std::move(now);
    } else if (!before || !IsRetriable(now.error().code)) {
      return Fail(now.error());
    } else if (!std::exchange(is_lost, true)) {
      fmt::print(stderr, "strata: lost sight of the group, trying again: {}\n",
                 now.error().message);
    }
    doorbell.WaitUntil(look_at + kBetweenLooks);
  }
  return Ok();
}

Result<void> Describe(const Context& context, const GroupOptions& options) {
  if (options.watch) return Watch(context, options);
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const auto group, Admin(connection).DescribeGroup(options.group));
  if (options.output == Output::kJson) return Print(ToJson(group).dump(2) + "\n");
  return Print(ToText(group));
}

// Whether the group has got its first cursors on the topic.
bool BeginsThere(const std::vector<SeekInfo>& moves) {
  return std::all_of(moves.begin(), moves.end(),
                     [](const SeekInfo& move) { return move.from == kNoOffset; });
}

std::string MovedText(const std::vector<SeekInfo>& moves) {
  std::int64_t again = 0;
  std::int64_t skipped = 0;
  for (const SeekInfo& move : moves) {
    again += std::max<std::int64_t>(0, -move.records);
    skipped += std::max<std::int64_t>(0, move.records);
  }
  return fmt::format("{} records to be delivered again, {} skipped\n", again, skipped);
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
                      {"records", move.records},
                      {"moved", !options.dry_run}});
    }
    return Print(json.dump(2) + "\n");
  }
  Table table({{"PARTITION", kRight}, {"FROM", kRight}, {"TO", kRight}, {"RECORDS", kRight}});
  for (const SeekInfo& move : moves) {
    table.Add({std::to_string(move.partition), OffsetText(move.from), OffsetText(move.to),
               fmt::format("{:+}", move.records)});
  }
  std::string text = table.ToString() + MovedText(moves);
  if (BeginsThere(moves)) {
    text += fmt::format("group '{}' had committed nothing of topic '{}' there\n", options.group,
                        options.topic);
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
  describe.add_flag("--watch", options->watch,
                    "show it anew every second, with what has changed per second");
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
