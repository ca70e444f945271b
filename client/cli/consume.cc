// strata consume: the options, and the writing.
#include "client/cli/consume.h"

#include <limits>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "client/cli/broker_watch.h"
#include "client/cli/context.h"
#include "client/cli/options.h"
#include "client/cli/record_json.h"
#include "client/lib/admin.h"

namespace strata::cli {
namespace {

constexpr std::string_view kDefaultFormat = "%s\\n";
constexpr std::int64_t kMostSeconds = 24 * 60 * 60;

struct ConsumeFlags {
  ConsumeOptions options;
  std::optional<RecordFormat> format;
  Output output = Output::kTable;
  bool no_commit = false;
};

void SetFormat(const std::string& text, std::optional<RecordFormat>* format) {
  auto parsed = RecordFormat::Parse(text);
  if (!parsed) throw CLI::ValidationError("--format", parsed.error().message);
  *format = *std::move(parsed);
}

// An offset that only some of the partitions have would fail when the others are written already.
Result<void> CheckOffsetIsInAll(Context& context, const TopicDescription& topic,
                                const ConsumeOptions& options) {
  if (options.group || options.partition || !options.from) return Ok();
  if (options.from->kind() != Position::Kind::kOffset) return Ok();
  const Offset offset = options.from->offset();
  for (const PartitionInfo& partition : topic.partitions) {
    if (offset >= partition.log_start && offset <= partition.log_end) continue;
    if (topic.partitions.size() > 1) context.hint = "choose one partition with --partition";
    return Fail(ErrorCode::OFFSET_OUT_OF_RANGE,
                fmt::format("partition {} of topic '{}' has offsets from {} to {}, not {}",
                            partition.partition, topic.topic.name, partition.log_start,
                            partition.log_end, offset));
  }
  return Ok();
}

Result<void> Consume(Context& context, const ConsumeOptions& options) {
  Interrupt interrupt;
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  // Asked first: what reads then would wait for a broker that is not there.
  TopicDescription topic;  // the one, where there is no group
  if (options.pattern) {
    STRATA_TRY(Admin(connection).ListTopics());
  } else {
    for (const std::string& name : options.topics) {
      STRATA_TRY_ASSIGN(topic, Admin(connection).DescribeTopic(name));
    }
  }
  STRATA_TRY(CheckOffsetIsInAll(context, topic, options));
  const BrokerWatch watch(connection);
  RecordWriter writer(options);
  const Result<void> result =
      options.group ? ConsumeAsGroup(connection, options, writer, interrupt)
                    : ConsumePartitions(connection, topic, options, writer, interrupt);
  const Result<void> flushed = writer.Flush();
  if (!flushed) context.hint = "see where it leads to: a file, a pipe, a full disk";
  STRATA_TRY(flushed);
  return result;
}

void AddEnding(CLI::App& command, ConsumeOptions& options) {
  command.add_option("--max-records", options.max_records, "stop after so many records")
      ->type_name("N")
      ->check(WholeNumber(1, std::numeric_limits<std::int64_t>::max()));
  command.add_flag("--exit-at-end", options.exit_at_end,
                   "stop at the end as it is when reading begins");
}

void AddCommitting(CLI::App& command, ConsumeFlags& flags, CLI::Option* group) {
  auto* no_commit =
      command.add_flag("--no-commit", flags.no_commit, "do not commit what was written")
          ->needs(group);
  command
      .add_option("--commit-every", flags.options.commit_every,
                  "commit after exactly so many records (default: once a second)")
      ->type_name("N")
      ->check(WholeNumber(1, std::numeric_limits<std::int64_t>::max()))
      ->needs(group)
      ->excludes(no_commit);
}

void AddMembership(CLI::App& command, ConsumeOptions& options, CLI::Option* group) {
  command
      .add_flag("--pattern", options.pattern,
                "TOPIC is a regular expression: read all topics whose whole name it matches, "
                "also those that appear later")
      ->needs(group);
  AddStrategy(command, &options.strategy)->needs(group);
  auto* instance =
      command
          .add_option("--instance", options.instance_id,
                      "come back under this name soon, and hold what was held before without "
                      "disturbing the other members")
          ->type_name("ID")
          ->check(NotEmpty())
          ->needs(group);
  command
      .add_option("--return-within", options.return_within_s,
                  "how soon the instance comes back, at the latest (default: the broker's "
                  "static.return.ms)")
      ->type_name("SECONDS")
      ->check(WholeNumber(1, kMostSeconds))
      ->needs(instance);
  command
      .add_option("--max-processing", options.max_processing_s,
                  "how long the output may be held up before the partitions go to other members "
                  "(default: the broker's max.processing.ms)")
      ->type_name("SECONDS")
      ->check(WholeNumber(1, kMostSeconds))
      ->needs(group);
}

void CheckTopics(const ConsumeOptions& options) {
  if (options.topics.size() == 1) return;
  if (!options.group) throw CLI::ValidationError("TOPIC", "several topics need --group");
  if (options.pattern) throw CLI::ValidationError("TOPIC", "one --pattern is enough: use (A|B)");
}

}  // namespace

RecordWriter::RecordWriter(const ConsumeOptions& options)
    : format_(options.format),
      max_records_(options.max_records.value_or(std::numeric_limits<std::uint64_t>::max())),
      sink_(STDOUT_FILENO) {}

Result<void> RecordWriter::Write(std::string_view topic, std::int32_t partition,
                                 const RecordView& record) {
  ++written_;
  if (format_) {
    format_->Write(topic, partition, record, &sink_.buffer());
  } else {
    WriteJson(topic, partition, record, &sink_.buffer());
  }
  return sink_.MaybeFlush();
}

void AddConsume(CLI::App& app, Context& context) {
  CLI::App& command = *app.add_subcommand(
      "consume", "Writes records to standard output, alone or as a member of a group");
  auto flags = std::make_shared<ConsumeFlags>();
  ConsumeOptions& options = flags->options;
  command.add_option("TOPIC", options.topics, "name of the topic; with --group, of several")
      ->required();
  auto* group = command
                    .add_option("--group", options.group,
                                "share the partitions with the other members of this group, "
                                "and go on from what it has committed")
                    ->type_name("G");
  AddMembership(command, options, group);
  AddPosition(command, "--from", &options.from,
              "where to begin (default: beginning); with --group only where a group that is new "
              "begins");
  AddPartition(command, &options.partition, "read only this partition")->excludes(group);
  AddEnding(command, options);
  AddCommitting(command, *flags, group);
  auto* format =
      command
          .add_option_function<std::string>(
              "--format", [flags](const std::string& text) { SetFormat(text, &flags->format); },
              "%s value %S its length, %k key %K its length, %o offset, %p partition, "
              "%t topic, %T timestamp, %h headers, %%, \\n \\r \\t \\\\ \\0 \\xNN "
              "(default: %s\\n)")
          ->type_name("FMT");
  AddOutput(command, &flags->output)->excludes(format);
  command.callback([&context, flags] {
    CheckTopics(flags->options);
    flags->options.commit = !flags->no_commit;
    if (flags->output != Output::kJson) {
      flags->options.format = flags->format ? flags->format : *RecordFormat::Parse(kDefaultFormat);
    }
    context.action = [&context, flags] { return Consume(context, flags->options); };
  });
}

}  // namespace strata::cli
