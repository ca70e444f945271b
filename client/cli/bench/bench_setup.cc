#include "client/cli/bench/bench_setup.h"

#include <string>

#include <fmt/format.h>

#include "client/cli/sink.h"
#include "client/lib/admin.h"
#include "proto/base/durability.h"
#include "proto/base/open_files.h"

namespace strata::cli {
namespace {

// Of the program and its libraries.
constexpr std::int64_t kOtherOpenFiles = 64;

std::string Counted(std::int32_t partitions) {
  return fmt::format("{} partition{}", partitions, partitions == 1 ? "" : "s");
}

Result<void> CheckConsumers(const BenchOptions& options, std::int32_t partitions) {
  if (options.consumers <= partitions) return Ok();
  return Fail(ErrorCode::INVALID_ARGUMENT,
              fmt::format("topic '{}' has {}, too few for {} consumers", options.topic,
                          Counted(partitions), options.consumers));
}

}  // namespace

Result<std::int32_t> PrepareTopic(const std::shared_ptr<Connection>& connection,
                                  const BenchOptions& options) {
  Admin admin(connection);
  if (options.partitions > 0) {
    STRATA_TRY(CheckConsumers(options, options.partitions));
    const auto created = admin.CreateTopic(options.topic, options.partitions);
    if (created) return created->partition_count;
    if (created.error().code != ErrorCode::TOPIC_EXISTS) return Fail(created.error());
  }
  STRATA_TRY_ASSIGN(const auto description, admin.DescribeTopic(options.topic));
  const std::int32_t count = description.topic.partition_count;
  if (options.partitions > 0 && options.partitions != count) {
    return Fail(ErrorCode::TOPIC_EXISTS, fmt::format("topic '{}' has {}, not {}", options.topic,
                                                     Counted(count), options.partitions));
  }
  STRATA_TRY(CheckConsumers(options, count));
  return count;
}

Result<std::string> DurabilityOfAcks(const std::shared_ptr<Connection>& connection,
                                     const BenchOptions& options) {
  if (options.producer.durability) return std::string(DurabilityName(*options.producer.durability));
  STRATA_TRY_ASSIGN(const auto description, Admin(connection).DescribeTopic(options.topic));
  for (const TopicConfigEntry& entry : description.config) {
    if (entry.key == "durability") return entry.value;
  }
  return Fail(ErrorCode::MALFORMED_REQUEST,
              fmt::format("the broker does not tell the durability of topic '{}'", options.topic));
}

Result<void> AllowConnections(int count) {
  const std::int64_t limit = RaiseOpenFileLimit();
  if (limit >= count + kOtherOpenFiles) return Ok();
  return Fail(ErrorCode::INVALID_ARGUMENT,
              fmt::format("{} connections are too many where a process may have {} files open: "
                          "raise the limit (ulimit -n), or ask for fewer",
                          count, limit));
}

Result<Payloads> MakePayloads(const BenchOptions& options) {
  if (options.payload_file) return Payloads::OfFile(*options.payload_file);
  return Payloads::OfSize(options.size);
}

MeasuredLatency AckLatency(const BenchOptions& options, const Latencies& latencies) {
  return {options.rate > 0 ? "from when a record was due to its acknowledgement"
                           : "from Send to acknowledgement",
          latencies};
}

MeasuredLatency SendLateness(const Latencies& lateness) {
  return {"from when a record was due to its Send", lateness};
}

Result<void> PrintSummary(const BenchSummary& summary, Output output) {
  if (summary.interrupted && summary.moved.records == 0) {
    return Fail(ErrorCode::CANCELLED, "interrupted before anything was measured");
  }
  return Print(output == Output::kJson ? ToJson(summary) : ToText(summary));
}

}  // namespace strata::cli
