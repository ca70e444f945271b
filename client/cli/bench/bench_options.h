// What `strata bench` was asked for, and the flags that its commands have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/cli/bench/load_schedule.h"
#include "client/cli/options.h"
#include "client/lib/producer.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace strata::cli {

struct BenchOptions {
  std::string topic;
  std::int32_t partitions = 0;  // of a topic that is made if it is not there; 0: it is there

  std::optional<std::uint64_t> records;
  std::optional<std::int64_t> seconds;
  std::uint64_t rate = 0;  // records per second; 0: as fast as they are taken
  std::int64_t warm_up_s = 0;

  std::size_t size = 100;
  std::optional<std::string> payload_file;
  std::uint64_t keys = 0;

  int producers = 1;
  int consumers = 1;  // of each group, if there are groups
  int groups = 1;     // that get every record

  std::optional<std::int64_t> linger_ms;
  ProducerOptions producer;
  Output output = Output::kTable;

  // What is to be measured, and what is sent before.
  LoadLimits limits() const;
  LoadLimits warm_up_limits() const;
  // Of records that are to be moved, with a rate.
  std::optional<std::uint64_t> due_per_second() const;
};

// TOPIC, --output, and --records or --seconds, of which one is needed. Refuses more members of all
// groups together than one process can be.
void AddWhatAndHowMuch(CLI::App& verb, BenchOptions& options);
// --partitions, --size, --payload-file, --keys, --producers, and how the producers send.
void AddProducing(CLI::App& verb, BenchOptions& options);
// --rate
CLI::Option* AddRate(CLI::App& verb, BenchOptions& options, const std::string& description);
// --consumers
void AddConsumers(CLI::App& verb, BenchOptions& options, const std::string& description);
// --groups
void AddGroupCount(CLI::App& verb, BenchOptions& options);
// --warm-up
void AddWarmUp(CLI::App& verb, BenchOptions& options, std::int64_t default_s);

}  // namespace strata::cli
