#include "client/cli/bench/load.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/cli/bench/at_once.h"
#include "client/cli/bench/bench_options.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Result<std::unique_ptr<Load>> Load::Open(const Context& context, const BenchOptions& options,
                                         RecordShape shape, const Payloads& payloads,
                                         RunState& run) {
  std::unique_ptr<Load> load(new Load());
  ProducerOptions producer_options = options.producer;
  producer_options.delayed = [&retries = load->retries_](const Error&) { ++retries; };
  for (int i = 0; i < options.producers; ++i) {
    STRATA_TRY_ASSIGN(auto connection, context.Connect());
    STRATA_TRY_ASSIGN(auto producer,
                      Producer::Open(std::move(connection), options.topic, producer_options));
    load->senders_.push_back(
        std::make_unique<LoadSender>(std::move(producer), shape, payloads, run));
  }
  return load;
}

Load::Sent Load::Send(const LoadLimits& limits, const std::function<void()>& look) {
  const Amount before = sent();
  const std::uint64_t retries_before = retries_;
  const LoadSchedule schedule(limits, Clock::now());
  std::vector<Clock::time_point> ends(senders_.size());
  std::vector<std::function<void()>> tasks;
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    tasks.push_back([this, &schedule, &ends, i] {
      senders_[i]->Send(schedule, {.first = i, .stride = senders_.size()});
      ends[i] = Clock::now();
    });
  }
  RunAtOnce(tasks, look);
  Sent sent_now{.amount = sent() - before,
                .begin = schedule.begin(),
                .end = *std::max_element(ends.begin(), ends.end()),
                .latencies = {},
                .retries = retries_ - retries_before};
  for (const auto& sender : senders_) sent_now.latencies.Merge(sender->TakeLatencies());
  return sent_now;
}

Amount Load::sent() const {
  Amount amount;
  for (const auto& sender : senders_) amount += sender->sent();
  return amount;
}

}  // namespace strata::cli
