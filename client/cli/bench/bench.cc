// strata bench produce | consume: how fast this broker is from here.
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/cli/bench/latencies.h"
#include "client/cli/context.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/sink.h"
#include "client/cli/topic_reader.h"
#include "client/lib/admin.h"
#include "client/lib/producer.h"
#include "proto/base/mutex.h"
#include "proto/batch/record_size.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr double kMegabyte = 1e6;
constexpr std::int64_t kMaxValueBytes = 64 << 20;
constexpr std::uint64_t kRecordsBetweenLooks = 4'096;

struct BenchOptions {
  std::string topic;
  std::uint64_t records = 0;
  std::size_t size = 100;
  std::uint64_t keys = 0;  // 0: without keys
  ProducerOptions producer;
  Output output = Output::kTable;
};

struct Throughput {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;

  double records_per_second() const { return static_cast<double>(records) / seconds; }
  double megabytes_per_second() const { return static_cast<double>(bytes) / kMegabyte / seconds; }
};

Json ToJson(const Throughput& throughput) {
  return {{"records", throughput.records},
          {"bytes", throughput.bytes},
          {"seconds", throughput.seconds},
          {"records_per_second", throughput.records_per_second()},
          {"megabytes_per_second", throughput.megabytes_per_second()}};
}

std::string ToText(const Throughput& throughput) {
  return fmt::format("{} records, {:.1f} MB in {:.3f} s: {:.0f} records/s, {:.1f} MB/s\n",
                     throughput.records, static_cast<double>(throughput.bytes) / kMegabyte,
                     throughput.seconds, throughput.records_per_second(),
                     throughput.megabytes_per_second());
}

double Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Json ToJson(const Latencies& latencies) {
  return {{"p50", Milliseconds(latencies.Percentile(0.5))},
          {"p99", Milliseconds(latencies.Percentile(0.99))},
          {"p99.9", Milliseconds(latencies.Percentile(0.999))},
          {"max", Milliseconds(latencies.max())}};
}

std::string ToText(const Latencies& latencies) {
  return fmt::format(
      "from Send to acknowledgement: p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, "
      "max {:.2f} ms\n",
      Milliseconds(latencies.Percentile(0.5)), Milliseconds(latencies.Percentile(0.99)),
      Milliseconds(latencies.Percentile(0.999)), Milliseconds(latencies.max()));
}

// What the acknowledgements say. Count runs on the producer's thread; read it after Flush.
class Acknowledgements {
 public:
  void Count(Clock::time_point sent, const Result<Placed>& placed) {
    if (placed) {
      latencies_.Add(Clock::now() - sent);
      return;
    }
    MutexLock lock(mutex_);
    if (!first_error_) first_error_ = placed.error();
  }

  std::optional<Error> first_error() {
    MutexLock lock(mutex_);
    return first_error_;
  }
  const Latencies& latencies() const { return latencies_; }

 private:
  Latencies latencies_;
  Mutex mutex_;
  std::optional<Error> first_error_ STRATA_GUARDED_BY(mutex_);
};

// Bytes that do not repeat within a batch more than chance has it.
std::string RandomBytes(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

Result<void> SendAll(const BenchOptions& options, Producer& producer, Acknowledgements& acks) {
  const std::string value = RandomBytes(options.size);
  Progress progress;
  std::string key;
  for (std::uint64_t i = 0; i < options.records; ++i) {
    if (i % kRecordsBetweenLooks == 0) {
      if (auto error = acks.first_error()) return Fail(*std::move(error));
      progress.Show(i, i * options.size);
    }
    RecordView record;
    record.value = value;
    if (options.keys > 0) {
      key = std::to_string(i % options.keys);
      record.key = key;
    }
    producer.Send(record, [&acks, sent = Clock::now()](const Result<Placed>& placed) {
      acks.Count(sent, placed);
    });
  }
  producer.Flush();
  progress.Finish(options.records, options.records * options.size);
  if (auto error = acks.first_error()) return Fail(*std::move(error));
  return Ok();
}

Result<void> Produce(const Context& context, const BenchOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  Acknowledgements acks;
  STRATA_TRY_ASSIGN(const auto producer,
                    Producer::Open(connection, options.topic, options.producer));
  const auto begun = Clock::now();
  STRATA_TRY(SendAll(options, *producer, acks));
  const Throughput throughput{
      .records = options.records,
      .bytes = options.records * options.size,
      .seconds = std::chrono::duration<double>(Clock::now() - begun).count()};
  if (options.output == Output::kTable) {
    return Print(ToText(throughput) + ToText(acks.latencies()));
  }
  Json json = ToJson(throughput);
  json["latency_ms"] = ToJson(acks.latencies());
  return Print(json.dump(2) + "\n");
}

// Reads all partitions from their beginnings until there were enough records or all is read.
Result<Throughput> ReadAll(const std::shared_ptr<Connection>& connection,
                           const BenchOptions& options) {
  STRATA_TRY_ASSIGN(const auto topic, Admin(connection).DescribeTopic(options.topic));
  const auto begun = Clock::now();
  STRATA_TRY_ASSIGN(auto reader, TopicReader::Open(connection, options.topic, AllPartitions(topic),
                                                   Position::Beginning(), /*stop_at_end=*/true,
                                                   std::make_shared<Doorbell>()));
  Throughput throughput;
  Progress progress;
  const auto count = [&](std::int32_t, const std::vector<RecordView>& records) -> Result<void> {
    throughput.records += records.size();
    for (const RecordView& record : records) throughput.bytes += PayloadBytes(record);
    return Ok();
  };
  while (!reader.finished() && throughput.records < options.records) {
    STRATA_TRY_ASSIGN(const bool any, reader.ServeInTurn(count));
    progress.Show(throughput.records, throughput.bytes);
    if (!any && !reader.finished()) reader.Wait();
  }
  throughput.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  progress.Finish(throughput.records, throughput.bytes);
  return throughput;
}

Result<void> Consume(const Context& context, const BenchOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const Throughput throughput, ReadAll(connection, options));
  if (throughput.records < options.records) {
    return Fail(ErrorCode::OFFSET_OUT_OF_RANGE,
                fmt::format("topic '{}' holds only {} records, fewer than the {} asked for",
                            options.topic, throughput.records, options.records));
  }
  return Print(options.output == Output::kJson ? ToJson(throughput).dump(2) + "\n"
                                               : ToText(throughput));
}

void AddLoad(CLI::App& verb, BenchOptions& options) {
  verb.add_option("TOPIC", options.topic, "name of an existing topic")->required();
  verb.add_option("--records", options.records, "how many records")
      ->required()
      ->type_name("N")
      ->check(WholeNumber(1, std::numeric_limits<std::int64_t>::max()));
  AddOutput(verb, &options.output);
}

void AddProducing(CLI::App& verb, BenchOptions& options) {
  AddLoad(verb, options);
  verb.add_option("--size", options.size, "bytes of each value (default: 100)")
      ->type_name("BYTES")
      ->check(WholeNumber(0, kMaxValueBytes));
  verb.add_option("--keys", options.keys, "give the records so many different keys, in turn")
      ->type_name("N");
  verb.add_option("--batch-bytes", options.producer.batch_bytes, "bytes of a batch at most")
      ->type_name("BYTES")
      ->capture_default_str();
  AddCompression(verb, &options.producer.compression);
  AddDurability(verb, &options.producer.durability);
}

}  // namespace

void AddBench(CLI::App& app, Context& context) {
  CLI::App& noun = *app.add_subcommand("bench", "Measures how fast the broker is from here");
  noun.require_subcommand(1);
  auto options = std::make_shared<BenchOptions>();

  CLI::App& produce =
      *noun.add_subcommand("produce", "Appends records as fast as they are acknowledged");
  AddProducing(produce, *options);
  produce.callback([&context, options] {
    context.action = [&context, options] { return Produce(context, *options); };
  });

  CLI::App& consume = *noun.add_subcommand("consume", "Reads all partitions from the beginning");
  AddLoad(consume, *options);
  consume.callback([&context, options] {
    context.action = [&context, options] { return Consume(context, *options); };
  });
}

}  // namespace strata::cli
