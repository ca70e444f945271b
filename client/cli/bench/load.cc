#include "client/cli/bench/load.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/cli/bench/at_once.h"
#include "client/cli/bench/bench_options.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

// `bytes` * `part` / `whole`, and exactly `bytes` for all of it.
std::uint64_t ShareOf(std::uint64_t bytes, std::uint64_t part, std::uint64_t whole) {
  if (part == whole) return bytes;
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * static_cast<double>(part) /
                                    static_cast<double>(whole));
}

}  // namespace

Result<std::unique_ptr<Load>> Load::Open(const Context& context, const BenchOptions& options,
                                         RecordShape shape, const Payloads& payloads,
                                         RunState& run) {
  std::unique_ptr<Load> load(new Load());
  ProducerOptions producer_options = options.producer;
  producer_options.delivery_timeout = std::chrono::seconds(context.timeout_s);
  producer_options.delayed = [&retries = load->retries_](const Error&) { ++retries; };
  const auto count = static_cast<std::uint64_t>(options.producers);
  for (std::uint64_t i = 0; i < count; ++i) {
    STRATA_TRY_ASSIGN(auto connection, context.Connect());
    STRATA_TRY_ASSIGN(auto producer,
                      Producer::Open(std::move(connection), options.topic, producer_options));
    load->senders_.push_back(std::make_unique<LoadSender>(std::move(producer), shape, payloads,
                                                          i * payloads.count() / count, run));
  }
  return load;
}

Load::Sent Load::Send(const LoadLimits& limits, const std::function<void()>& look) {
  const Amount sent_before = sent();
  const Amount acknowledged_before = acknowledged();
  const std::uint64_t retries_before = retries_;
  const LoadSchedule schedule(limits, Clock::now());
  std::vector<std::function<void()>> tasks;
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    tasks.push_back([this, &schedule, i] {
      senders_[i]->Send(schedule, {.first = i, .stride = senders_.size()});
    });
  }
  RunAtOnce(tasks, look);
  Sent sent_now{.amount = acknowledged() - acknowledged_before,
                .begin = schedule.begin(),
                .end = schedule.begin(),
                .latencies = {},
                .lateness = {},
                .retries = retries_ - retries_before};
  sent_now.missing = (sent() - sent_before).records - sent_now.amount.records;
  for (const auto& sender : senders_) {
    sent_now.latencies.Merge(sender->TakeLatencies());
    sent_now.lateness.Merge(sender->TakeLateness());
    sent_now.end = std::max(sent_now.end, sender->last_acknowledged());
  }
  return sent_now;
}

Amount Load::sent() const {
  Amount amount;
  for (const auto& sender : senders_) amount += sender->sent();
  return amount;
}

Amount Load::acknowledged() const {
  Amount amount;
  for (const auto& sender : senders_) {
    // First: it is the smaller one.
    const std::uint64_t records = sender->acknowledged();
    const Amount sent = sender->sent();
    if (records > 0) amount += {records, ShareOf(sent.bytes, records, sent.records)};
  }
  return amount;
}

}  // namespace strata::cli
