#include "client/cli/options.h"

#include <charconv>
#include <functional>
#include <limits>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "proto/base/durability.h"
#include "proto/batch/compression.h"

namespace strata::cli {
namespace {

// An option with one value, which `read` turns into what it stands for, or refuses with a sentence.
CLI::Option* AddText(CLI::App& command, const std::string& name, const std::string& description,
                     std::function<Result<void>(const std::string&)> read) {
  return command.add_option_function<std::string>(
      name,
      [name, read = std::move(read)](const std::string& text) {
        const Result<void> result = read(text);
        if (!result) throw CLI::ValidationError(name, result.error().message);
      },
      description);
}

Result<void> NotOneOf(const std::string& text, std::string_view choices) {
  return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("'{}' is none of {}", text, choices));
}

constexpr std::int64_t kMaxInt32 = std::numeric_limits<std::int32_t>::max();

}  // namespace

CLI::Validator WholeNumber(std::int64_t least, std::int64_t most) {
  const auto check = [least, most](const std::string& text) -> std::string {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end && number >= least && number <= most) return "";
    const bool bounded = most < kMaxInt32;
    return fmt::format("'{}' is no whole number from {}{}", text, least,
                       bounded ? fmt::format(" to {}", most) : " on");
  };
  return CLI::Validator(check, "");
}

CLI::Validator NotEmpty() {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "the value is empty" : "";
  };
  return CLI::Validator(check, "");
}

CLI::Option* AddOutput(CLI::App& command, Output* output) {
  return AddText(command, "--output", "table (for people, the default) or json (for scripts)",
                 [output](const std::string& text) -> Result<void> {
                   if (text != "table" && text != "json") return NotOneOf(text, "table, json");
                   *output = text == "json" ? Output::kJson : Output::kTable;
                   return Ok();
                 })
      ->type_name("table|json");
}

CLI::Option* AddPosition(CLI::App& command, const std::string& name, std::optional<Position>* to,
                         const std::string& description) {
  return AddText(command, name,
                 description +
                     "; @TIME is like 2026-01-02T03:04:05Z, a date, or Unix milliseconds; -AGO is "
                     "like -90s, -15m, -1h or -7d",
                 [to](const std::string& text) -> Result<void> {
                   STRATA_TRY_ASSIGN(*to, Position::Parse(text, WallClockMs()));
                   return Ok();
                 })
      ->type_name("beginning|end|OFFSET|@TIME|-AGO");
}

CLI::Option* AddPartition(CLI::App& command, std::optional<std::int32_t>* partition,
                          const std::string& description) {
  return command.add_option("--partition", *partition, description)
      ->type_name("N")
      ->check(WholeNumber(0, kMaxInt32));
}

CLI::Option* AddPartitions(CLI::App& command, std::vector<std::int32_t>* partitions,
                           const std::string& description) {
  return command.add_option("--partition", *partitions, description)
      ->type_name("N")
      ->check(WholeNumber(0, kMaxInt32))
      ->allow_extra_args(false);
}

CLI::Option* AddPartitionCount(CLI::App& command, std::int32_t* count,
                               const std::string& description) {
  return command.add_option("--partitions", *count, description)
      ->type_name("N")
      ->check(WholeNumber(1, kMaxInt32));
}

CLI::Option* AddConfig(CLI::App& command, std::map<std::string, std::string>* config) {
  return command
      .add_option_function<std::vector<std::string>>(
          "--config",
          [config](const std::vector<std::string>& entries) {
            for (const std::string& entry : entries) {
              const std::size_t equals = entry.find('=');
              if (equals == std::string::npos || equals == 0) {
                throw CLI::ValidationError("--config", "'" + entry + "' is not KEY=VALUE");
              }
              const bool added =
                  config->emplace(entry.substr(0, equals), entry.substr(equals + 1)).second;
              if (!added) {
                throw CLI::ValidationError("--config",
                                           "'" + entry.substr(0, equals) + "' is given twice");
              }
            }
          },
          "a setting of the topic; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

CLI::Option* AddCompression(CLI::App& command, Compression* compression) {
  return AddText(command, "--compression", "how batches are compressed (default: none)",
                 [compression](const std::string& text) -> Result<void> {
                   const auto found = CompressionFromName(text);
                   if (!found) return NotOneOf(text, "none, gzip, snappy, lz4, zstd");
                   *compression = *found;
                   return Ok();
                 })
      ->type_name("none|gzip|snappy|lz4|zstd");
}

CLI::Option* AddStrategy(CLI::App& command, AssignmentStrategy* strategy) {
  return AddText(command, "--strategy",
                 "how the members of the group share the partitions, the same for all: evenly and "
                 "with few moves (uniform, the default), or neighbouring ones together (range)",
                 [strategy](const std::string& text) -> Result<void> {
                   if (text != "uniform" && text != "range")
                     return NotOneOf(text, "uniform, range");
                   *strategy =
                       text == "range" ? AssignmentStrategy::kRange : AssignmentStrategy::kUniform;
                   return Ok();
                 })
      ->type_name("uniform|range");
}

CLI::Option* AddDurability(CLI::App& command, std::optional<Durability>* durability) {
  return AddText(command, "--durability",
                 "what an acknowledgement means (default: as the topic says)",
                 [durability](const std::string& text) -> Result<void> {
                   *durability = DurabilityNamed(text);
                   if (!*durability) return NotOneOf(text, "fsync, os, none");
                   return Ok();
                 })
      ->type_name("fsync|os|none");
}

}  // namespace strata::cli
