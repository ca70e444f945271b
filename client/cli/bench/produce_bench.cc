#include <string>

#include "client/cli/bench/bench_setup.h"
#include "client/cli/bench/benches.h"
#include "client/cli/bench/cost_meter.h"
#include "client/cli/bench/load.h"
#include "client/cli/broker_watch.h"
#include "client/cli/progress.h"

namespace strata::cli {

Result<void> BenchProduce(const Context& context, const BenchOptions& options) {
  const Interrupt interrupt;
  RunState run(interrupt);
  STRATA_TRY_ASSIGN(const Payloads payloads, MakePayloads(options));
  STRATA_TRY(AllowConnections(options.producers));
  STRATA_TRY_ASSIGN(const auto connection, context.Connect());
  STRATA_TRY(PrepareTopic(connection, options));
  STRATA_TRY_ASSIGN(const std::string durability, DurabilityOfAcks(connection, options));
  STRATA_TRY_ASSIGN(const auto load,
                    Load::Open(context, options, {.keys = options.keys}, payloads, run));
  const BrokerWatch watch(connection);
  if (options.warm_up_s > 0) load->Send(options.warm_up_limits(), [] {});
  STRATA_TRY(run.MayMeasure());
  STRATA_TRY_ASSIGN(CostMeter meter, CostMeter::Begin(connection));
  Progress progress;
  const Amount before = load->acknowledged();
  const Load::Sent sent = load->Send(options.limits(), [&] {
    const Amount so_far = load->acknowledged() - before;
    progress.Show(so_far.records, so_far.bytes);
    meter.Look();
  });
  progress.Finish(sent.amount.records, sent.amount.bytes);
  STRATA_TRY(run.result());
  return PrintSummary({.moved_how = "appended",
                       .moved = sent.amount,
                       .time = sent.end - sent.begin,
                       .due_per_second = options.due_per_second(),
                       .durability = durability,
                       .latency = AckLatency(options, sent.latencies),
                       .send_lateness = SendLateness(sent.lateness),
                       .retries = sent.retries,
                       .interrupted = run.interrupted(),
                       .missing = sent.missing,
                       .cost = sent.missing == 0 ? std::optional(meter.Finish()) : std::nullopt},
                      options.output);
}

}  // namespace strata::cli
