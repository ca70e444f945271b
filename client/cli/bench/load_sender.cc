#include "client/cli/bench/load_sender.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <sys/prctl.h>

#include "client/cli/bench/stamp.h"
#include "proto/batch/record_size.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

// So that somebody who sleeps until a far record is due sees that the run has ended.
constexpr std::chrono::milliseconds kLongestSleep{100};

}  // namespace

LoadSender::LoadSender(std::unique_ptr<Producer> producer, RecordShape shape,
                       const Payloads& payloads, std::uint64_t first_value, RunState& run)
    : shape_(shape),
      payloads_(payloads),
      run_(run),
      next_value_(first_value),
      producer_(std::move(producer)) {}

void LoadSender::Send(const LoadSchedule& schedule, Share share) {
  // Else the system may wake this thread 50 us late, which would count as the broker's.
  prctl(PR_SET_TIMERSLACK, 1UL);
  for (std::uint64_t index = share.first; !run_.ended(); index += share.stride) {
    TimePoint due = Clock::now();
    if (!schedule.Includes(index, due)) break;
    if (schedule.has_rate()) {
      due = schedule.DueAt(index);
      if (!SleepUntil(due)) break;
      lateness_.Add(Clock::now() - due);
    }
    SendOne(index, due);
  }
  producer_->Flush();
}

bool LoadSender::SleepUntil(TimePoint due) const {
  for (auto now = Clock::now(); now < due && !run_.ended(); now = Clock::now()) {
    std::this_thread::sleep_until(std::min(due, now + kLongestSleep));
  }
  return !run_.ended();
}

void LoadSender::SendOne(std::uint64_t index, TimePoint due) {
  const Stamp stamp(due);
  record_.value = payloads_.At(next_value_++);
  record_.headers.clear();
  if (shape_.stamped) record_.headers.push_back(stamp.header());
  if (shape_.keys > 0) {
    key_ = std::to_string(index % shape_.keys);
    record_.key = key_;
  }
  sent_.Add({1, PayloadBytes(record_)});
  // As much as fits into a std::function without another allocation.
  producer_->Send(record_, [this, due](const Result<Placed>& placed) { Acknowledge(due, placed); });
}

void LoadSender::Acknowledge(TimePoint due, const Result<Placed>& placed) {
  if (!placed) return run_.Fail(placed.error());
  last_acknowledged_ = Clock::now();
  latencies_.Add(last_acknowledged_ - due);
  acknowledged_.fetch_add(1, std::memory_order_relaxed);
}

Latencies LoadSender::TakeLatencies() {
  return std::exchange(latencies_, Latencies());
}

Latencies LoadSender::TakeLateness() {
  return std::exchange(lateness_, Latencies());
}

}  // namespace strata::cli
