#include "client/cli/bench/bench_options.h"

#include <chrono>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace strata::cli {
namespace {

constexpr std::int64_t kMaxValueBytes = 64 << 20;
constexpr std::int64_t kMaxSeconds = 7 * 24 * 60 * 60;
constexpr std::int64_t kMaxConnections = 1'000;  // of each kind
constexpr std::int64_t kMaxRate = 1'000'000'000;
constexpr std::int64_t kMaxLingerMs = 60'000;
constexpr std::int64_t kAnyNumber = std::numeric_limits<std::int64_t>::max();

void AddPayload(CLI::App& verb, BenchOptions& options) {
  auto* size =
      verb.add_option("--size", options.size, "bytes of each value, which is random (default: 100)")
          ->type_name("BYTES")
          ->check(WholeNumber(0, kMaxValueBytes));
  verb.add_option("--payload-file", options.payload_file,
                  "take the lines of this file as values, in turn; it is held in memory")
      ->type_name("FILE")
      ->excludes(size);
  verb.add_option("--keys", options.keys,
                  "give the records so many different keys, in turn (default: no keys)")
      ->type_name("N")
      ->check(WholeNumber(1, kAnyNumber));
}

}  // namespace

LoadLimits BenchOptions::limits() const {
  LoadLimits limits{.per_second = rate};
  if (records) limits.records = *records;
  if (seconds) limits.time = std::chrono::seconds(*seconds);
  return limits;
}

LoadLimits BenchOptions::warm_up_limits() const {
  return {.time = std::chrono::seconds(warm_up_s), .per_second = rate};
}

std::optional<std::uint64_t> BenchOptions::due_per_second() const {
  if (rate == 0) return std::nullopt;
  return rate * static_cast<std::uint64_t>(groups);
}

void AddWhatAndHowMuch(CLI::App& verb, BenchOptions& options) {
  verb.add_option("TOPIC", options.topic, "name of the topic")->required();
  verb.add_option("--records", options.records, "end after so many records...")
      ->type_name("N")
      ->check(WholeNumber(1, kAnyNumber));
  verb.add_option(
          "--seconds", options.seconds,
          "...or after so many seconds; one of both is needed, and the first that is reached "
          "counts")
      ->type_name("N")
      ->check(WholeNumber(1, kMaxSeconds));
  verb.parse_complete_callback([&options] {
    if (!options.records && !options.seconds) {
      throw CLI::ValidationError("no end is in sight: give --records or --seconds");
    }
    if (std::int64_t{options.groups} * options.consumers > kMaxConnections) {
      throw CLI::ValidationError(
          fmt::format("--groups times --consumers is {}; {} is the most that one process can be",
                      std::int64_t{options.groups} * options.consumers, kMaxConnections));
    }
  });
  AddOutput(verb, &options.output);
}

void AddProducing(CLI::App& verb, BenchOptions& options) {
  AddPartitionCount(verb, &options.partitions,
                    "make the topic with so many if it is not there (default: it must be there)");
  AddPayload(verb, options);
  verb.add_option("--producers", options.producers,
                  "how many, each with a connection of its own (default: 1)")
      ->type_name("N")
      ->check(WholeNumber(1, kMaxConnections));
  verb.add_option("--batch-bytes", options.producer.batch_bytes, "bytes of a batch at most")
      ->type_name("BYTES")
      ->check(WholeNumber(1, kMaxValueBytes))
      ->capture_default_str();
  verb.add_option("--linger", options.linger_ms,
                  "milliseconds that a record waits for others to share its batch (default: as "
                  "long as waiting makes batches fuller, 2 at most)")
      ->type_name("MS")
      ->check(WholeNumber(0, kMaxLingerMs));
  AddCompression(verb, &options.producer.compression);
  AddDurability(verb, &options.producer.durability);
}

CLI::Option* AddRate(CLI::App& verb, BenchOptions& options, const std::string& description) {
  return verb.add_option("--rate", options.rate, description)
      ->type_name("N")
      ->check(WholeNumber(1, kMaxRate));
}

void AddConsumers(CLI::App& verb, BenchOptions& options, const std::string& description) {
  verb.add_option("--consumers", options.consumers, description)
      ->type_name("N")
      ->check(WholeNumber(1, kMaxConnections));
}

void AddGroupCount(CLI::App& verb, BenchOptions& options) {
  verb.add_option("--groups", options.groups,
                  "needed: how many groups, each of which gets every record")
      ->type_name("N")
      ->required()
      ->check(WholeNumber(1, kMaxConnections));
}

void AddWarmUp(CLI::App& verb, BenchOptions& options, std::int64_t default_s) {
  options.warm_up_s = default_s;
  verb.add_option("--warm-up", options.warm_up_s,
                  "seconds of the same load before, in none of the figures")
      ->type_name("SECONDS")
      ->check(WholeNumber(0, kMaxSeconds))
      ->capture_default_str();
}

}  // namespace strata::cli
