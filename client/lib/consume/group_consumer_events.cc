// Joining, and what the broker says.
#include <algorithm>
#include <utility>

#include "client/lib/consume/commit_outcome.h"
#include "client/lib/consume/group_consumer.h"
#include "client/lib/rpc/status.h"

namespace strata {
namespace {

template <class Message>
std::vector<TopicPartition> PartitionsOf(const Message& message) {
  std::vector<TopicPartition> partitions;
  for (const auto& partition : message.partitions()) {
    partitions.push_back({partition.topic(), partition.partition()});
  }
  return partitions;
}

Error WhyRevoked(const v1::Revoked& revoked) {
  if (revoked.has_error()) return ErrorFromMessage(revoked.error());
  return {ErrorCode::NOT_ASSIGNED, revoked.reason()};
}

}  // namespace

void GroupConsumer::Join() {
  ledger_.Reset();
  held_.TakeDropped();
  stream_ = std::make_unique<ConsumeStream>(*connection_, options_, ledger_.full(),
                                            [doorbell = doorbell_] { doorbell->Ring(); });
}

Result<void> GroupConsumer::TakeEvents() {
  STRATA_TRY(HandleEvents());
  return NoticeEnd();
}

Result<void> GroupConsumer::HandleEvents() {
  if (!stream_ && Clock::now() >= rejoin_at_) Join();
  while (stream_) {
    auto event = stream_->Take();
    if (event && !*event) break;
    const Result<void> handled = event ? Handle(**event) : Fail(std::move(event).error());
    if (handled) continue;
    LoseEverything(handled.error());
    return handled;
  }
  GrantCredit();
  return Ok();
}

Result<void> GroupConsumer::NoticeEnd() {
  const auto ended = stream_ ? stream_->Ended() : std::nullopt;
  if (!ended) return Ok();
  LoseEverything(*ended);
  // Whoever hears that it was too slow is at work again.
  if (!IsRetriable(ended->code) && ended->code != ErrorCode::NO_PROGRESS) return Fail(*ended);
  notices_.push_back({.kind = Notice::Kind::kDisconnected, .why = *ended});
  return Ok();
}

Result<void> GroupConsumer::Handle(const ConsumeEvent& event) {
  const v1::ConsumeResponse& response = event.response;
  switch (response.response_case()) {
    case v1::ConsumeResponse::kJoined:
      backoff_.Reset();
      break;
    case v1::ConsumeResponse::kAssigned:
      HandleAssigned(response.assigned());
      break;
    case v1::ConsumeResponse::kRevoked:
      HandleRevoked(response.revoked());
      break;
    case v1::ConsumeResponse::kRecords:
      return HandleRecords(response.records(), event.batches);
    case v1::ConsumeResponse::kCommitted:
      HandleCommitted(response.committed());
      break;
    case v1::ConsumeResponse::kSeekFailed:
      HandleSeekFailed(response.seek_failed());
      break;
    case v1::ConsumeResponse::RESPONSE_NOT_SET:
      break;  // something that a newer broker says
  }
  return Ok();
}

void GroupConsumer::HandleAssigned(const v1::Assigned& assigned) {
  knows_assignment_ = true;
  std::vector<TopicPartition> gained;
  std::vector<TopicPartition> still_paused;
  for (const auto& partition : assigned.partitions()) {
    const Assignment assignment{.partition = {partition.topic(), partition.partition()},
                                .current = partition.current(),
                                .generation = partition.generation(),
                                .stable = partition.stable_offset()};
    if (held_.Assign(assignment) == HeldPartitions::Change::kNew) {
      gained.push_back(assignment.partition);
    } else if (held_.IsPaused(assignment.partition)) {
      still_paused.push_back(assignment.partition);
    }
  }
  if (!still_paused.empty()) stream_->Pause(still_paused);
  if (!gained.empty()) notices_.push_back({Notice::Kind::kAssigned, std::move(gained)});
  if (seek_ && seek_->correlation_id == assigned.seek_correlation_id()) seek_->answer = Ok();
}

void GroupConsumer::HandleRevoked(const v1::Revoked& revoked) {
  std::vector<TopicPartition> partitions = PartitionsOf(revoked);
  std::erase_if(partitions, [this](const auto& partition) { return !held_.IsHeld(partition); });
  if (partitions.empty()) return;
  const std::chrono::milliseconds finish_within(revoked.finish_within_ms());
  const bool is_lost = finish_within.count() <= 0;
  std::vector<std::int64_t> generations;
  for (const TopicPartition& partition : partitions) {
    generations.push_back(held_.GenerationOf(partition).value_or(0));
  }
  if (revoked.has_error()) {
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      broken_off_.push_back({Notice::Kind::kLost,
                             {partitions[i]},
                             finish_within,
                             {generations[i]},
                             WhyRevoked(revoked)});
    }
    return;
  }
  for (const TopicPartition& partition : partitions) {
    is_lost ? held_.Remove(partition) : held_.Retire(partition);
  }
  notices_.push_back({is_lost ? Notice::Kind::kLost : Notice::Kind::kRevoked, std::move(partitions),
                      finish_within, std::move(generations), WhyRevoked(revoked)});
}

// What came before the damage is as good as ever.
void GroupConsumer::NoticeBrokenOff() {
  std::erase_if(broken_off_, [this](Notice& notice) {
    const TopicPartition& partition = notice.partitions.front();
    if (held_.GenerationOf(partition) != notice.generations.front()) return true;
    if (held_.HasWaiting(partition)) return false;
    held_.Remove(partition);
    notices_.push_back(std::move(notice));
    return true;
  });
}

Result<void> GroupConsumer::HandleRecords(const v1::Records& records, const Fragments& batches) {
  return held_.Deliver({.partition = {records.topic(), records.partition()},
                        .generation = records.generation(),
                        .next_offset = records.next_offset(),
                        .stable = records.stable_offset(),
                        .batches = batches});
}

void GroupConsumer::HandleCommitted(const v1::Committed& committed) {
  Result<void> result = Ok();
  std::set<TopicPartition> refused;
  for (const auto& failure : committed.failures()) {
    KeepWorse(Fail(ErrorFromMessage(failure.error())), &result);
    refused.insert({failure.topic(), failure.partition()});
  }
  const auto under_way = commits_.find(committed.correlation_id());
  if (under_way == commits_.end()) return;
  for (const Progress& progress : under_way->second.progress) {
    if (refused.contains(progress.partition)) {
      held_.PutBack(progress);
    } else {
      held_.SetCommitted(progress);
    }
  }
  FinishCommit(committed.correlation_id(), std::move(result));
}

void GroupConsumer::FinishCommit(std::uint64_t correlation_id, Result<void> result) {
  const auto under_way = commits_.find(correlation_id);
  if (under_way == commits_.end()) return;
  const Done done = std::move(under_way->second.done);
  commits_.erase(under_way);
  done(std::move(result));
}

void GroupConsumer::HandleSeekFailed(const v1::SeekFailed& failed) {
  if (!seek_ || seek_->correlation_id != failed.correlation_id()) return;
  seek_->answer = Fail(ErrorFromMessage(failed.error()));
}

void GroupConsumer::LoseEverything(const Error& error) {
  stream_.reset();
  knows_assignment_ = false;
  rejoin_at_ = Clock::now() + backoff_.Next();
  std::vector<TopicPartition> lost = held_.All();
  if (!lost.empty()) {
    notices_.push_back({.kind = Notice::Kind::kLost, .partitions = std::move(lost), .why = error});
  }
  held_.RemoveAll();
  broken_off_.clear();
  if (seek_ && !seek_->answer) seek_->answer = Fail(error);
  const Error of_commits = OfCommitsUnderWay(error);
  while (!commits_.empty()) FinishCommit(commits_.begin()->first, Fail(of_commits));
}

void GroupConsumer::GrantCredit() {
  ledger_.Return(held_.TakeDropped());
  if (!stream_) return;
  if (const auto grant = ledger_.TakeGrant()) stream_->Grant(*grant);
}

}  // namespace strata
