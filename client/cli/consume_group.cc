// Reading as a member of a group: what was written out is committed behind it, in steps.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "client/cli/consume.h"
#include "client/cli/retry_notice.h"
#include "client/lib/consumer.h"
#include "client/lib/retry/backoff.h"

namespace strata::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenCommits{1};
constexpr std::chrono::milliseconds kPollWait{100};

bool Is(const Result<void>& result, ErrorCode code) {
  return !result && result.error().code == code;
}

// A line for each topic: a member may hold thousands of partitions.
void TellLost(const std::vector<TopicPartition>& partitions, const Error& why) {
  constexpr std::size_t kMostNamed = 10;
  std::map<std::string, std::vector<std::int32_t>> by_topic;
  for (const TopicPartition& lost : partitions) by_topic[lost.topic].push_back(lost.partition);
  for (auto& [topic, numbers] : by_topic) {
    std::sort(numbers.begin(), numbers.end());
    const auto named = numbers.begin() + std::min(numbers.size(), kMostNamed);
    const auto others = numbers.end() - named;
    fmt::print(stderr, "strata: {} {}{} of '{}' {} lost: {}\n",
               numbers.size() == 1 ? "partition" : "partitions",
               fmt::join(numbers.begin(), named, ", "),
               others > 0 ? fmt::format(" and {} more", others) : "", topic,
               numbers.size() == 1 ? "is" : "are", why.message);
  }
}

class GroupCopy {
 public:
  GroupCopy(const ConsumeOptions& options, RecordWriter& writer)
      : options_(options), writer_(writer), commit_at_(Clock::now() + kBetweenCommits) {}

  Result<void> Open(const std::shared_ptr<Connection>& connection) {
    STRATA_TRY_ASSIGN(
        consumer_,
        Consumer::Open(
            connection,
            {.group = *options_.group,
             .topics = options_.pattern ? std::vector<std::string>() : options_.topics,
             .topic_pattern = options_.pattern ? options_.topics.front() : "",
             .strategy = options_.strategy,
             .instance_id = options_.instance_id,
             .return_within = std::chrono::seconds(options_.return_within_s),
             .max_processing = std::chrono::seconds(options_.max_processing_s),
             .start = options_.from.value_or(Position::Beginning()),
             .listener = {.revoked = [this](const auto& partitions, auto) { GiveBack(partitions); },
                          .lost = [this](const auto& partitions,
                                         const Error& why) { Lose(partitions, why); }}}));
    return Ok();
  }

  Consumer& consumer() { return *consumer_; }

  Result<void> Run(const Interrupt& interrupt) {
    while (!writer_.finished() && !interrupt.requested() && failure_ && !OnlyDamageIsLeft()) {
      STRATA_TRY_ASSIGN(const auto records, consumer_->Poll(kPollWait));
      STRATA_TRY(WriteAll(records));
      // Whoever watches the output sees records as they come.
      if (records.empty()) STRATA_TRY(writer_.Flush());
      if (!options_.commit_every && Clock::now() >= commit_at_) STRATA_TRY(CommitOnTheWay());
      if (options_.exit_at_end && consumer_->at_end()) break;
    }
    STRATA_TRY(CommitWritten());
    consumer_->Close();
    return failure_ ? WhatIsDamaged() : failure_;
  }

 private:
  Result<void> WriteAll(const std::vector<ConsumedRecord>& records) {
    for (const ConsumedRecord& consumed : records) {
      if (writer_.finished()) break;
      STRATA_TRY(writer_.Write(consumed.topic, consumed.partition, consumed.record));
      PlaceBehind(consumed) = {consumed.record.offset + 1, consumed.generation};
      if (++since_commit_ == options_.commit_every) STRATA_TRY(CommitOnTheWay());
    }
    last_ = written_.end();
    return Ok();
  }

  // What to process next, and the generation of what was written.
  struct Place {
    Offset offset = 0;
    std::int64_t generation = 0;
  };

  // Records come in runs of one partition, which is looked up once.
  Place& PlaceBehind(const ConsumedRecord& record) {
    if (last_ == written_.end() || last_->first.partition != record.partition ||
        last_->first.topic != record.topic) {
      last_ = written_.try_emplace({std::string(record.topic), record.partition}).first;
    }
    return last_->second;
  }

  Result<void> CommitWritten() {
    STRATA_TRY(writer_.Flush());
    // What went into a pipe that nobody reads was not processed.
    if (writer_.closed() || !options_.commit) return Ok();
    std::vector<OffsetCommit> offsets;
    for (const auto& [partition, place] : written_) {
      offsets.push_back({partition, place.offset, place.generation, ""});
    }
    since_commit_ = 0;
    commit_at_ = Clock::now() + kBetweenCommits;
    Result<void> committed = consumer_->Commit(offsets);
    if (committed && !offsets.empty()) notice_.Accepted();
    if (Is(committed, ErrorCode::DISK_FULL)) notice_.Refused(committed.error());
    // What was lost or moved meanwhile is delivered again, and written again. But where all was
    // lost with the commit before, it is not said that anybody goes on.
    if (Is(committed, ErrorCode::STALE_GENERATION)) committed = Ok();
    if (!Is(committed, ErrorCode::NOT_ASSIGNED)) put_off_ = committed;
    if (put_off_) written_.clear();
    last_ = written_.end();
    return put_off_;
  }

  // What could not be committed is so with the next ones, if it is still ours.
  Result<void> CommitOnTheWay() {
    const Result<void> committed = CommitWritten();
    const bool goes_on =
        committed || IsRetriable(committed.error().code) || Is(committed, ErrorCode::NO_PROGRESS);
    return goes_on ? Ok() : committed;
  }

  void GiveBack(const std::vector<TopicPartition>& partitions) {
    const Result<void> committed = CommitOnTheWay();
    if (!committed) failure_ = committed;
    for (const TopicPartition& partition : partitions) written_.erase(partition);
  }

  // Others go on with them, unless they are damaged: then nobody does, but the rest can be read.
  void Lose(const std::vector<TopicPartition>& partitions, const Error& why) {
    for (const TopicPartition& partition : partitions) written_.erase(partition);
    TellLost(partitions, why);
    put_off_ = Ok();
    if (why.code == ErrorCode::CORRUPT_LOG) {
      damaged_.insert(partitions.begin(), partitions.end());
    } else if (why.code != ErrorCode::NOT_ASSIGNED) {
      damaged_.clear();  // lost as well, and told again to whoever gets them
    }
  }

  bool OnlyDamageIsLeft() const { return !damaged_.empty() && consumer_->assignment().empty(); }

  Result<void> WhatIsDamaged() const {
    if (damaged_.empty()) return Ok();
    const TopicPartition& first = *damaged_.begin();
    return Fail(ErrorCode::CORRUPT_LOG,
                fmt::format("{} of the group's partitions could not be read to the end; to go on "
                            "behind the damage: strata group seek {} --topic {} --partition {} "
                            "--to NEXT-GOOD-OFFSET",
                            damaged_.size(), *options_.group, first.topic, first.partition));
  }

  const ConsumeOptions& options_;
  RecordWriter& writer_;
  std::unique_ptr<Consumer> consumer_;
  std::map<TopicPartition, Place> written_;                          // since the last commit
  std::map<TopicPartition, Place>::iterator last_ = written_.end();  // within WriteAll
  std::uint64_t since_commit_ = 0;
  Clock::time_point commit_at_;
  RetryNotice notice_{"the commits"};
  Result<void> put_off_;  // why `written_` could not be committed, and was not said to be lost
  Result<void> failure_;  // from within a callback
  std::set<TopicPartition> damaged_;  // which the broker cannot deliver any further
};

}  // namespace

Result<void> ConsumeAsGroup(const std::shared_ptr<Connection>& connection,
                            const ConsumeOptions& options, RecordWriter& writer,
                            Interrupt& interrupt) {
  GroupCopy copy(options, writer);
  STRATA_TRY(copy.Open(connection));
  interrupt.SetWakeUp([&copy] { copy.consumer().Wakeup(); });
  Result<void> result = copy.Run(interrupt);
  interrupt.SetWakeUp(nullptr);
  return result;
}

}  // namespace strata::cli
