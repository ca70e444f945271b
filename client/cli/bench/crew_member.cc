#include "client/cli/bench/crew_member.h"

#include <chrono>
#include <utility>

#include "client/cli/bench/stamp.h"
#include "proto/batch/record_size.h"

namespace strata::cli {
namespace {

constexpr std::chrono::seconds kBetweenCommits{1};
// How soon it sees that the run has failed.
constexpr std::chrono::milliseconds kPollWait{100};

std::int64_t Count(const std::vector<TopicPartition>& partitions) {
  return static_cast<std::int64_t>(partitions.size());
}

}  // namespace

Result<std::unique_ptr<CrewMember>> CrewMember::Join(std::shared_ptr<Connection> connection,
                                                     const std::string& group,
                                                     const std::string& topic, RunState& run) {
  std::unique_ptr<CrewMember> member(new CrewMember(run));
  STRATA_TRY_ASSIGN(
      member->consumer_,
      Consumer::Open(std::move(connection),
                     {.group = group,
                      .topics = {topic},
                      .start = Position::End(),
                      .auto_commit_every = kBetweenCommits,
                      .auto_commit_failed = [&run](const Error& why) { run.Fail(why); },
                      .listener = member->Listener()}));
  member->thread_ = std::thread(&CrewMember::Work, member.get());
  return member;
}

CrewMember::~CrewMember() {
  BeginToLeave();
  if (thread_.joinable()) thread_.join();
}

void CrewMember::BeginToLeave() {
  leaving_ = true;
  if (consumer_) consumer_->Wakeup();
}

RebalanceListener CrewMember::Listener() {
  return {.assigned = [this](const auto& partitions) { held_ += Count(partitions); },
          .revoked = [this](const auto& partitions, auto) { held_ -= Count(partitions); },
          // What is delivered again, or to another, cannot be told from what is new.
          .lost = [this](const auto&, const Error& why) { run_.Fail(why); }};
}

void CrewMember::Work() {
  while (!leaving_ && !run_.failed()) {
    const auto records = consumer_->Poll(kPollWait);
    if (!records) {
      run_.Fail(records.error());
      break;
    }
    if (!records->empty()) Receive(*records);
  }
  consumer_->Close();
}

void CrewMember::Receive(const std::vector<ConsumedRecord>& records) {
  const auto now = Clock::now();
  Amount amount{.records = records.size()};
  {
    MutexLock lock(mutex_);
    arrivals_.last = now;
    for (const ConsumedRecord& consumed : records) {
      amount.bytes += PayloadBytes(consumed.record);
      if (const auto due = Stamp::Of(consumed.record)) arrivals_.latencies.Add(now - *due);
    }
  }
  received_.Add(amount);
}

Arrivals CrewMember::TakeArrivals() {
  MutexLock lock(mutex_);
  return std::exchange(arrivals_, Arrivals());
}

}  // namespace strata::cli
