#include "client/cli/bench/load_sender.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <sys/prctl.h>

#include "proto/batch/record_size.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

// So that somebody who sleeps until a far record is due sees that the run has ended.
constexpr std::chrono::milliseconds kLongestSleep{100};

constexpr std::uint64_t kBytesForEachTimed = 1'000;

}  // namespace

LoadSender::LoadSender(std::unique_ptr<Producer> producer, RecordShape shape,
                       const Payloads& payloads, std::uint64_t first_value, RunState& run)
    : shape_(shape),
      payloads_(payloads),
      run_(run),
      next_value_(first_value),
      producer_(std::move(producer)) {}

void LoadSender::Send(const LoadSchedule& schedule, Share share) {
  if (schedule.has_rate()) {
    SendAtRate(schedule, share);
  } else {
    SendAtOnce(schedule, share);
  }
  producer_->Flush();
  // What failed has been waited for, too, and is in no figure.
  if (acknowledged() == sent().records) last_acknowledged_ = Clock::now();
}

void LoadSender::SendAtRate(const LoadSchedule& schedule, Share share) {
  // Else the system may wake this thread 50 us late, which would count as the broker's.
  prctl(PR_SET_TIMERSLACK, 1UL);
  for (std::uint64_t index = share.first; !run_.ended(); index += share.stride) {
    if (!schedule.Includes(index, schedule.begin())) break;
    const TimePoint due = schedule.DueAt(index);
    if (const auto now = Clock::now(); now < due) {
      if (!SleepUntil(LoadSchedule::WakeUp(due, now))) break;
    }
    lateness_.Add(Clock::now() - due);
    SendTimed(Next(index, due), due);
  }
}

void LoadSender::SendAtOnce(const LoadSchedule& schedule, Share share) {
  TimePoint now;  // when the last timed record was sent: late by a thousand bytes at most
  std::uint64_t bytes = 0;
  std::uint64_t next_timed = 0;
  for (std::uint64_t index = share.first; !run_.ended(); index += share.stride) {
    const bool timed = bytes >= next_timed;
    if (timed) {
      now = Clock::now();
      next_timed = bytes + kBytesForEachTimed;
    }
    if (!schedule.Includes(index, now)) break;
    const RecordView& record = Next(index, now);
    bytes += std::max<std::uint64_t>(PayloadBytes(record), 1);
    if (timed) {
      SendTimed(record, now);
    } else {
      SendUntimed(record);
    }
  }
}

bool LoadSender::SleepUntil(TimePoint moment) const {
  for (auto now = Clock::now(); now < moment && !run_.ended(); now = Clock::now()) {
    std::this_thread::sleep_until(std::min(moment, now + kLongestSleep));
  }
  return !run_.ended();
}

const RecordView& LoadSender::Next(std::uint64_t index, TimePoint due) {
  record_.value = payloads_.At(next_value_++);
  record_.headers.clear();
  if (shape_.stamped) record_.headers.push_back(stamp_.emplace(due).header());
  if (shape_.keys > 0) {
    key_ = std::to_string(index % shape_.keys);
    record_.key = key_;
  }
  sent_.Add({1, PayloadBytes(record_)});
  return record_;
}

// Both callbacks hold as much as fits into a std::function without another allocation.
void LoadSender::SendTimed(const RecordView& record, TimePoint due) {
  producer_->Send(record, [this, due](const Result<Placed>& placed) {
    if (!Acknowledge(placed)) return;
    last_acknowledged_ = Clock::now();
    latencies_.Add(last_acknowledged_ - due);
  });
}

void LoadSender::SendUntimed(const RecordView& record) {
  producer_->Send(record, [this](const Result<Placed>& placed) { Acknowledge(placed); });
}

bool LoadSender::Acknowledge(const Result<Placed>& placed) {
  if (!placed) {
    run_.Fail(placed.error());
    return false;
  }
  acknowledged_.store(acknowledged_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return true;
}

Latencies LoadSender::TakeLatencies() {
  return std::exchange(latencies_, Latencies());
}

Latencies LoadSender::TakeLateness() {
  return std::exchange(lateness_, Latencies());
}

}  // namespace strata::cli
