#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "client/cli/bench/at_once.h"
#include "client/cli/bench/bench_setup.h"
#include "client/cli/bench/benches.h"
#include "client/cli/bench/cost_meter.h"
#include "client/cli/bench/run_state.h"
#include "client/cli/broker_watch.h"
#include "client/cli/progress.h"
#include "client/cli/topic_reader.h"
#include "client/lib/admin.h"
#include "proto/batch/record_size.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

// What all readers have read together, and when they have read enough. Threads: any.
class ReadCount {
 public:
  explicit ReadCount(const LoadLimits& limits) : limits_(limits) {}

  void Add(const std::vector<RecordView>& records) {
    std::uint64_t bytes = 0;
    for (const RecordView& record : records) bytes += PayloadBytes(record);
    records_ += records.size();
    bytes_ += bytes;
    last_ = Clock::now();
  }
  bool enough() const {
    return records_ >= limits_.records || Clock::now() - begin_ >= limits_.time;
  }
  Amount amount() const { return {records_, bytes_}; }
  // From the beginning to the last batch.
  std::chrono::nanoseconds time() const { return last_.load() - begin_; }

 private:
  const LoadLimits limits_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<std::uint64_t> records_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<Clock::time_point> last_ = begin_;
};

// Reads partitions from their beginnings to their ends, or until it is enough.
Result<void> ReadThrough(const std::shared_ptr<Connection>& connection, const std::string& topic,
                         const std::vector<std::int32_t>& partitions, const RunState& run,
                         ReadCount& count) {
  STRATA_TRY_ASSIGN(auto reader,
                    TopicReader::Open(connection, topic, partitions, Position::Beginning(),
                                      /*stop_at_end=*/true, std::make_shared<Doorbell>()));
  const auto add = [&count](std::int32_t, const std::vector<RecordView>& records) {
    count.Add(records);
    return Ok();
  };
  while (!reader.finished() && !count.enough() && !run.ended()) {
    STRATA_TRY_ASSIGN(const bool any, reader.ServeInTurn(add));
    if (!any && !reader.finished()) reader.Wait();
  }
  return Ok();
}

// Partitions that belong to consumer `index` of `count`.
std::vector<std::int32_t> ShareOf(int index, int count, std::int32_t partitions) {
  std::vector<std::int32_t> share;
  for (std::int32_t i = index; i < partitions; i += count) share.push_back(i);
  return share;
}

// A reader with a connection and a thread of its own.
struct ShareReader {
  std::shared_ptr<Connection> connection;
  std::vector<std::int32_t> partitions;
};

Result<std::vector<ShareReader>> Connect(const Context& context, const BenchOptions& options,
                                         std::int32_t partitions) {
  std::vector<ShareReader> readers;
  for (int i = 0; i < options.consumers; ++i) {
    STRATA_TRY_ASSIGN(auto connection, context.Connect());
    STRATA_TRY(Admin(connection).DescribeBroker());  // until then nothing is connected
    readers.push_back({std::move(connection), ShareOf(i, options.consumers, partitions)});
  }
  return readers;
}

}  // namespace

Result<void> BenchConsume(const Context& context, const BenchOptions& options) {
  const Interrupt interrupt;
  RunState run(interrupt);
  STRATA_TRY(AllowConnections(options.consumers));
  STRATA_TRY_ASSIGN(const auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const std::int32_t partitions, PrepareTopic(connection, options));
  STRATA_TRY_ASSIGN(auto readers, Connect(context, options, partitions));
  const BrokerWatch watch(connection);
  STRATA_TRY_ASSIGN(CostMeter meter, CostMeter::Begin(connection));
  Progress progress;
  ReadCount count(options.limits());
  std::vector<std::function<void()>> tasks;
  for (ShareReader& reader : readers) {
    tasks.push_back([&] {
      const auto read =
          ReadThrough(reader.connection, options.topic, reader.partitions, run, count);
      if (!read) run.Fail(read.error());
    });
  }
  RunAtOnce(tasks, [&] {
    progress.Show(count.amount().records, count.amount().bytes);
    meter.Look();
  });
  const Amount read = count.amount();
  progress.Finish(read.records, read.bytes);
  STRATA_TRY(run.result());
  if (options.records && read.records < *options.records && !count.enough() && !run.interrupted()) {
    return Fail(
        ErrorCode::OFFSET_OUT_OF_RANGE,
        fmt::format("topic '{}' holds only {} record{}, fewer than the {} asked for", options.topic,
                    read.records, read.records == 1 ? "" : "s", *options.records));
  }
  return PrintSummary({.moved_how = "read",
                       .moved = read,
                       .time = count.time(),
                       .interrupted = run.interrupted(),
                       .cost = meter.Finish()},
                      options.output);
}

}  // namespace strata::cli
