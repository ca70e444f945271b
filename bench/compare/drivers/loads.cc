#include "bench/compare/drivers/loads.h"

#include <atomic>
#include <future>
#include <vector>

#include "bench/compare/drivers/receiving.h"
#include "bench/compare/drivers/stamp.h"

namespace strata::compare {
namespace {

constexpr auto kHeadStart = std::chrono::milliseconds(100);

void Ignore(std::string_view) {}

// Ends the receivers if sending ends with an exception: they would wait for what never comes.
class GiveUp {
 public:
  explicit GiveUp(std::atomic<bool>* given_up) : given_up_(given_up) {}
  ~GiveUp() { *given_up_ = !all_sent_; }
  GiveUp(const GiveUp&) = delete;
  GiveUp& operator=(const GiveUp&) = delete;

  void AllIsSent() { all_sent_ = true; }

 private:
  std::atomic<bool>* const given_up_;
  bool all_sent_ = false;
};

}  // namespace

Measured Produce(Peer& peer, const LoadSize& size, const cli::Payloads& values, Clock& clock) {
  const auto publisher = peer.OpenPublisher();
  const auto begin = clock.Now();
  const std::uint64_t bytes = SendAll(*publisher, size, values);
  return {.records = size.records, .bytes = bytes, .time = clock.Now() - begin};
}

Measured Consume(Peer& peer, const LoadSize& size, Clock& clock) {
  const std::atomic<bool> given_up = false;
  const auto subscriber = peer.OpenSubscriber(0);
  const auto begin = clock.Now();
  subscriber->Start();
  const Received received = Receive(*subscriber, size.records, Ignore, clock, given_up);
  return {.records = received.records, .bytes = received.bytes, .time = clock.Now() - begin};
}

Measured Latency(Peer& peer, const LoadSize& size, const cli::Payloads& values, std::uint64_t rate,
                 Clock& clock) {
  std::atomic<bool> given_up = false;
  const auto publisher = peer.OpenPublisher();
  const auto subscriber = peer.OpenSubscriber(0);
  subscriber->Start();
  const LoadSize all{.records = size.records + rate * kWarmUp.count(),
                     .partitions = size.partitions};
  const cli::LoadSchedule schedule({.per_second = rate}, clock.Now() + kHeadStart);
  const auto begin = schedule.begin() + kWarmUp;
  Measured measured;
  auto receiving = std::async(std::launch::async, [&] {
    const auto see = [&](std::string_view value) {
      const auto due = StampOf(value);
      if (due < begin) return;
      measured.latencies.Add(clock.Now() - due);
      measured.bytes += value.size();
    };
    return Receive(*subscriber, all.records, see, clock, given_up);
  });
  GiveUp giving_up(&given_up);
  SendOnSchedule(*publisher, all, values, schedule, clock);
  giving_up.AllIsSent();
  measured.bytes_in_all = receiving.get().bytes;
  measured.records = measured.latencies.count();
  measured.time = clock.Now() - begin;
  return measured;
}

Measured FanOut(Peer& peer, const LoadSize& size, const cli::Payloads& values, int groups,
                Clock& clock) {
  std::atomic<bool> given_up = false;
  const auto publisher = peer.OpenPublisher();
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (int group = 0; group < groups; ++group) {
    subscribers.push_back(peer.OpenSubscriber(group));
    subscribers.back()->Start();
  }
  const auto begin = clock.Now();
  std::vector<std::future<Received>> receiving;
  for (const auto& subscriber : subscribers) {
    receiving.push_back(std::async(std::launch::async, [&] {
      return Receive(*subscriber, size.records, Ignore, clock, given_up);
    }));
  }
  GiveUp giving_up(&given_up);
  SendAll(*publisher, size, values);
  giving_up.AllIsSent();
  Measured measured;
  for (auto& each : receiving) {
    const Received received = each.get();
    measured.records += received.records;
    measured.bytes += received.bytes;
  }
  measured.time = clock.Now() - begin;
  return measured;
}

}  // namespace strata::compare
