#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "client/cli/bench/bench_setup.h"
#include "client/cli/bench/benches.h"
#include "client/cli/bench/cost_meter.h"
#include "client/cli/bench/crew.h"
#include "client/cli/bench/load.h"
#include "client/cli/bench/quiet_topic.h"
#include "client/cli/broker_watch.h"
#include "client/cli/progress.h"

namespace strata::cli {
namespace {

struct Delivered {
  Load::Sent sent;
  Amount received;            // by all groups together
  std::uint64_t missing = 0;  // what was sent and not received; only if the run has ended
  Arrivals arrivals;
};

struct Parties {
  Load& load;
  Crew& crew;
  QuietTopic& topic;
};

// Sends, and waits until every group has got everything that is acknowledged. After an interrupt
// something may be missing, if the broker has not gone on in time.
Result<Delivered> Deliver(const BenchOptions& options, const Parties& parties,
                          const LoadLimits& limits, const RunState& run,
                          const std::function<void()>& look) {
  auto& [load, crew, topic] = parties;
  const Amount sent_before = load.sent();
  const Amount before = crew.received();
  Delivered delivered{.sent = load.Send(limits, look)};
  const auto waited = crew.WaitFor(load.acknowledged().records, look);
  STRATA_TRY(run.result());
  if (!waited && !run.interrupted()) return Fail(waited.error());
  delivered.received = crew.received() - before;
  delivered.arrivals = crew.TakeArrivals();
  const std::uint64_t due =
      (load.sent() - sent_before).records * static_cast<std::uint64_t>(options.groups);
  delivered.missing = due - std::min(due, delivered.received.records);
  if (delivered.missing == 0) STRATA_TRY(topic.Check(load.sent()));
  return delivered;
}

BenchSummary Summarize(const BenchOptions& options, const Delivered& delivered) {
  BenchSummary summary{
      .moved_how =
          fmt::format("delivered to {} group{}", options.groups, options.groups == 1 ? "" : "s"),
      .moved = delivered.received,
      .time = std::max(delivered.arrivals.last, delivered.sent.begin) - delivered.sent.begin,
      .due_per_second = options.due_per_second(),
      .groups = options.groups,
      .ack_latency = AckLatency(options, delivered.sent.latencies),
      .send_lateness = SendLateness(delivered.sent.lateness),
      .retries = delivered.sent.retries,
      .missing = delivered.missing};
  if (options.rate > 0) {
    summary.latency = {"from when a record was due to its delivery", delivered.arrivals.latencies};
  }
  return summary;
}

Result<BenchSummary> Measure(const BenchOptions& options, std::shared_ptr<Connection> connection,
                             const Parties& parties, const RunState& run) {
  STRATA_TRY_ASSIGN(CostMeter meter, CostMeter::Begin(std::move(connection)));
  Progress progress;
  const Amount before = parties.crew.received();
  const auto received = [&] { return parties.crew.received() - before; };
  const auto look = [&] {
    const Amount so_far = received();
    progress.Show(so_far.records, so_far.bytes);
    meter.Look();
  };
  const auto delivered = Deliver(options, parties, options.limits(), run, look);
  progress.Finish(received().records, received().bytes);
  if (!delivered) return Fail(delivered.error());
  BenchSummary summary = Summarize(options, *delivered);
  summary.interrupted = run.interrupted();
  if (summary.missing == 0U) summary.cost = meter.Finish();
  return summary;
}

Result<BenchSummary> WarmUpAndMeasure(const BenchOptions& options,
                                      const std::shared_ptr<Connection>& connection,
                                      const Parties& parties, const RunState& run) {
  if (options.warm_up_s > 0) {
    STRATA_TRY(Deliver(options, parties, options.warm_up_limits(), run, [] {}));
  }
  STRATA_TRY(run.MayMeasure());
  return Measure(options, connection, parties, run);
}

}  // namespace

Result<void> BenchDelivery(const Context& context, const BenchOptions& options) {
  const Interrupt interrupt;
  RunState run(interrupt);
  STRATA_TRY_ASSIGN(const Payloads payloads, MakePayloads(options));
  STRATA_TRY(AllowConnections(options.producers + options.groups * options.consumers));
  STRATA_TRY_ASSIGN(const auto connection, context.Connect());
  STRATA_TRY_ASSIGN(const std::int32_t partitions, PrepareTopic(connection, options));
  STRATA_TRY_ASSIGN(const std::string durability, DurabilityOfAcks(connection, options));
  const BrokerWatch watch(connection);
  const RecordShape record{.keys = options.keys, .stamped = options.rate > 0};
  STRATA_TRY_ASSIGN(QuietTopic topic, QuietTopic::Begin(connection, options.topic));
  STRATA_TRY_ASSIGN(const auto load, Load::Open(context, options, record, payloads, run));
  STRATA_TRY_ASSIGN(
      const auto crew,
      Crew::Join(context, options.topic,
                 {.groups = options.groups, .members = options.consumers, .partitions = partitions},
                 run));
  STRATA_TRY(crew->WaitUntilSettled([] {}));
  STRATA_TRY(run.MayMeasure());
  auto summary = WarmUpAndMeasure(options, connection, {*load, *crew, topic}, run);
  STRATA_TRY(run.result());  // the cause, if the measurement has failed, too
  STRATA_TRY(summary);
  summary->durability = durability;
  return PrintSummary(*summary, options.output);
}

}  // namespace strata::cli
