#include "broker/delivery/member_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "broker/delivery/consume_messages.h"
#include "broker/topics/names.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

constexpr std::int64_t kMaxRecordsGrant = (1LL << 31) - 1;
constexpr std::int64_t kMaxBytesGrant = 1LL << 40;
constexpr int kMaxOffsetsInCommit = 10'000;
// What may wait to be answered or read before the member is not listened to any more...
constexpr std::size_t kMaxWaitingMessages = 1'000;
constexpr std::size_t kMaxWaitingBytes = 1 << 20;
// ...and before one that does not read is cut off: beside one message of records.
constexpr std::size_t kMaxOutboxBytes = 32 << 20;

NamedPartition Named(const v1::OffsetCommit& commit) {
  return {commit.topic(), commit.partition()};
}

}  // namespace

MemberSession::MemberSession(std::shared_ptr<Group> group, MemberId id, Options options,
                             const Environment& environment, MemberTransport* transport)
    : group_(std::move(group)),
      id_(std::move(id)),
      options_(options),
      logs_(environment.logs),
      executor_(environment.executor),
      metrics_(environment.metrics),
      budget_(environment.budget),
      timers_(environment.timers),
      transport_(transport),
      lease_(options.max_processing),
      in_flight_(environment.budget) {}

Result<void> MemberSession::Start(MemberInfo info, const MemberOptions& options,
                                  const std::vector<TopicPtr>& named, TopicMatches* matching) {
  return group_->Join(
      std::move(info), options, named, this,
      [this](Generation generation) { Tell(JoinedMessage(id_, generation)); }, matching);
}

Result<void> MemberSession::OnCredit(const v1::Credit& credit) {
  const bool in_bounds = credit.records() >= 0 && credit.records() <= kMaxRecordsGrant &&
                         credit.bytes() >= 0 && credit.bytes() <= kMaxBytesGrant;
  if (!in_bounds || (credit.records() == 0 && credit.bytes() == 0)) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("credit of {} records and {} bytes is out of range: grant up to {} "
                            "records and {} bytes, and not nothing",
                            credit.records(), credit.bytes(), kMaxRecordsGrant, kMaxBytesGrant));
  }
  {
    MutexLock lock(mutex_);
    lease_.Progressed(timers_.Now());
    credit_records_ = std::min(credit_records_ + credit.records(), kMaxRecordsGrant);
    credit_bytes_ = std::min(credit_bytes_ + credit.bytes(), kMaxBytesGrant);
  }
  Pump();
  return Ok();
}

Result<void> MemberSession::OnCommit(const v1::Commit& commit) {
  std::vector<CommittedPlace> places;
  std::vector<OffsetToCommit> offsets;
  std::vector<NamedFailure> failures;
  STRATA_TRY(ReadCommit(commit, &places, &offsets, &failures));
  const std::size_t bytes = commit.ByteSizeLong();
  {
    MutexLock lock(mutex_);
    // The stream may end before it could be answered.
    if (failure_) return Ok();
    ++commits_under_way_;
    commit_bytes_under_way_ += bytes;
    UpdateLease();
  }
  group_->Commit(
      id_, std::move(offsets),
      [self = shared_from_this(), id = commit.correlation_id(), bytes, places = std::move(places),
       failures = std::move(failures)](const CommitOutcome& outcome) mutable {
        for (std::size_t i = 0; i < outcome.size(); ++i) {
          if (outcome[i]) failures.push_back({places[i].name, *outcome[i]});
          places[i].refused = outcome[i].has_value();
        }
        self->CommitDone(bytes, places, CommittedMessage(id, failures));
      });
  return Ok();
}

Result<void> MemberSession::ReadCommit(const v1::Commit& commit,
                                       std::vector<CommittedPlace>* places,
                                       std::vector<OffsetToCommit>* offsets,
                                       std::vector<NamedFailure>* unknown) {
  if (commit.offsets_size() > kMaxOffsetsInCommit) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("a commit of {} offsets is too large: send at most {} at once",
                            commit.offsets_size(), kMaxOffsetsInCommit));
  }
  for (const v1::OffsetCommit& offset : commit.offsets()) {
    STRATA_TRY(ValidateTopicName(offset.topic()));
    if (const auto partition = FindPartition(offset.topic(), offset.partition())) {
      places->push_back({Named(offset), *partition, offset.generation(), offset.offset()});
      offsets->push_back({*partition, offset.offset(), offset.generation(), offset.metadata()});
    } else {
      unknown->push_back({Named(offset), partition.error()});
    }
  }
  return Ok();
}

void MemberSession::CommitDone(std::size_t commit_bytes, const std::vector<CommittedPlace>& places,
                               WireMessage answer) {
  {
    MutexLock lock(mutex_);
    for (const CommittedPlace& place : places) {
      if (!place.refused) held_.Finished(place.partition, place.generation, place.offset);
    }
    --commits_under_way_;
    commit_bytes_under_way_ -= commit_bytes;
    UpdateLease();
    PushAnswer(std::move(answer));
  }
  PumpSoon();
}

void MemberSession::OnWorking() {
  MutexLock lock(mutex_);
  lease_.Progressed(timers_.Now());
}

MemberSession::SeekBegun MemberSession::OnSeekBegun() {
  MutexLock lock(mutex_);
  seek_under_way_ = true;
  UpdateLease();
  return SeekBegun();
}

void MemberSession::OnSeek(SeekBegun, std::uint64_t correlation_id,
                           const Result<SeekTarget>& target) {
  {
    MutexLock lock(mutex_);
    seek_under_way_ = false;
    UpdateLease();
  }
  if (!target) return Tell(SeekFailedMessage(correlation_id, target.error()));
  if (auto moved = group_->SeekMember(id_, *target, correlation_id); !moved) {
    Tell(SeekFailedMessage(correlation_id, moved.error()));
  }
}

void MemberSession::OnPause(const std::vector<PartitionId>& partitions, bool paused) {
  {
    MutexLock lock(mutex_);
    for (PartitionId partition : partitions) held_.SetPaused(partition, paused);
  }
  Pump();
}

void MemberSession::OnRelease(const std::vector<PartitionId>& partitions) {
  Cancellations cancellations;
  {
    MutexLock lock(mutex_);
    for (PartitionId partition : partitions) {
      if (held_.IsStopped(partition)) Drop(partition, &cancellations);
    }
  }
  Cancel(cancellations);
  group_->Release(id_, partitions);
}

void MemberSession::OnWritten() {
  {
    MutexLock lock(mutex_);
    outbox_.Written();
    if (outbox_.queued_messages() == 0) in_flight_.Set(0);
  }
  Pump();
}

void MemberSession::Finish(std::optional<Error> error) {
  const bool stood_still = error && error->code == ErrorCode::NO_PROGRESS;
  group_->Leave(id_, stood_still ? Group::Absence::kForGood : Group::Absence::kForNow);
  Cancellations cancellations;
  {
    MutexLock lock(mutex_);
    if (finishing_) return;
    finishing_ = true;
    end_error_ = std::move(error);
    for (PartitionId partition : held_.All()) Drop(partition, &cancellations);
    if (progress_watch_) timers_.Cancel(*progress_watch_);
  }
  Cancel(cancellations);
  Pump();
}

bool MemberSession::Congested() {
  MutexLock lock(mutex_);
  const auto commits = static_cast<std::size_t>(commits_under_way_);
  return outbox_.queued_messages() + commits > kMaxWaitingMessages ||
         outbox_.queued_bytes() + commit_bytes_under_way_ > kMaxWaitingBytes;
}

Result<PartitionId> MemberSession::FindPartition(const std::string& topic, std::int32_t partition) {
  MutexLock lock(mutex_);
  if (const auto held = held_.Find(topic, partition)) return *held;
  return Fail(
      ErrorCode::NOT_ASSIGNED,
      fmt::format("partition {} of {} is not assigned to this member", partition, Quoted(topic)));
}

void MemberSession::OnAssigned(Generation newest, const std::vector<Assignment>& assignments,
                               std::uint64_t seek_correlation_id) {
  Cancellations cancellations;
  std::vector<Offset> stable;
  for (const Assignment& assignment : assignments) {
    const auto ends = logs_.Ends(assignment.partition);
    stable.push_back(ends ? ends->visible : assignment.current);
  }
  {
    MutexLock lock(mutex_);
    for (const Assignment& assignment : assignments) {
      Drop(assignment.partition, &cancellations);
      held_.Add(assignment);
    }
    // Before the lock is let go: no records may go out ahead of the assignment they belong to.
    Push(AssignedMessage(newest, assignments, stable, seek_correlation_id));
  }
  Cancel(cancellations);
  PumpSoon();
}

void MemberSession::OnRevoked(const std::vector<PartitionId>& partitions,
                              std::chrono::milliseconds finish_within, std::string_view reason) {
  Cancellations cancellations;
  std::vector<NamedPartition> named;
  {
    MutexLock lock(mutex_);
    for (PartitionId partition : partitions) {
      const TopicPtr topic = held_.TopicOf(partition);
      if (!topic) continue;
      named.push_back({topic->name, partition.partition});
      if (finish_within.count() > 0) {
        held_.Stop(partition);
      } else {
        Drop(partition, &cancellations);
      }
    }
    if (!named.empty()) Push(RevokedMessage(named, finish_within, reason));
  }
  Cancel(cancellations);
  PumpSoon();
}

void MemberSession::OnReplaced() {
  {
    MutexLock lock(mutex_);
    if (!failure_) {
      failure_ = Error{ErrorCode::INSTANCE_REPLACED,
                       fmt::format("another member has joined under the instance id of '{}'", id_)};
    }
  }
  PumpSoon();
}

void MemberSession::WatchProgress() {
  if (progress_watch_ || finishing_ || !lease_.ends()) return;
  const auto left = *lease_.ends() - timers_.Now();
  progress_watch_ = timers_.CallAfter(std::chrono::ceil<std::chrono::milliseconds>(left),
                                      [weak = weak_from_this()] {
                                        if (auto self = weak.lock()) self->CheckProgress();
                                      });
}

void MemberSession::CheckProgress() {
  {
    MutexLock lock(mutex_);
    progress_watch_.reset();
    if (failure_ || finishing_ || !lease_.ends()) return;
    if (*lease_.ends() > timers_.Now()) return WatchProgress();
    failure_ = Error{
        ErrorCode::NO_PROGRESS,
        fmt::format("member '{}' holds records and has neither committed nor asked for more within "
                    "{} ms (max.processing.ms): it loses its partitions",
                    id_, lease_.length().count())};
  }
  PumpSoon();
}

void MemberSession::Tell(WireMessage message) {
  {
    MutexLock lock(mutex_);
    Push(std::move(message));
  }
  PumpSoon();
}

void MemberSession::Push(WireMessage message) {
  if (failure_ || ended_) return;
  outbox_.Push(std::move(message));
  if (outbox_.queued_bytes() <= kMaxOutboxBytes) return;
  outbox_.Clear();
  failure_ =
      Error{ErrorCode::OVERLOADED, fmt::format("member '{}' does not read what it is sent", id_)};
}

// A commit that is on disk must not look like one that was refused, whatever else has failed. Of
// those under way there are few enough (Congested).
void MemberSession::PushAnswer(WireMessage answer) {
  if (!failure_) return Push(std::move(answer));
  const bool is_read = failure_->code != ErrorCode::OVERLOADED;
  if (is_read) outbox_.Push(std::move(answer));
}

void MemberSession::PumpSoon() {
  {
    MutexLock lock(mutex_);
    if (pump_posted_ || ended_) return;
    pump_posted_ = true;
  }
  const bool posted = executor_.Post([self = shared_from_this()] {
    {
      MutexLock lock(self->mutex_);
      self->pump_posted_ = false;
    }
    self->Pump();
  });
  if (posted) return;
  MutexLock lock(mutex_);
  pump_posted_ = false;
}

void MemberSession::Pump() {
  bool again = true;
  while (again) {
    Step step = NextStep();
    again = step.kind == Step::Kind::kTurn || step.kind == Step::Kind::kFail;
    switch (step.kind) {
      case Step::Kind::kNothing:
        break;
      case Step::Kind::kSend:
        transport_->Send(std::move(step.message));
        break;
      case Step::Kind::kTurn:
        TakeTurn(step.turn);
        break;
      case Step::Kind::kFail:
        TellFailure(*step.error);
        break;
      case Step::Kind::kEnd:
        transport_->End(step.error);
        break;
    }
  }
}

MemberSession::Step MemberSession::NextStep() {
  MutexLock lock(mutex_);
  if (ended_) return {};
  if (failure_ && !failure_told_) {
    failure_told_ = telling_failure_ = true;
    return {.kind = Step::Kind::kFail, .error = failure_};
  }
  if (auto message = outbox_.Next()) {
    return {.kind = Step::Kind::kSend, .message = std::move(*message)};
  }
  if (outbox_.writing()) return {};
  if (finishing_) {
    if (commits_under_way_ > 0 || telling_failure_) return {};
    ended_ = true;
    return {.kind = Step::Kind::kEnd, .error = end_error_};
  }
  if (failure_) return {};
  auto turn = NextTurn();
  if (!turn) return {};
  in_turn_ = true;
  return {.kind = Step::Kind::kTurn, .turn = std::move(*turn)};
}

void MemberSession::TellFailure(const Error& error) {
  transport_->GiveUp(error, /*at_once=*/error.code == ErrorCode::OVERLOADED);
  MutexLock lock(mutex_);
  telling_failure_ = false;
}

void MemberSession::UpdateLease() {
  const bool waits_for_answer = commits_under_way_ > 0 || seek_under_way_;
  lease_.SetRunning(held_.AnyUnfinished() && !waits_for_answer, timers_.Now());
  WatchProgress();
}

void MemberSession::Drop(PartitionId partition, Cancellations* cancellations) {
  if (const auto ticket = held_.Drop(partition)) cancellations->push_back({partition, *ticket});
  UpdateLease();
}

void MemberSession::Cancel(const Cancellations& cancellations) {
  for (const auto& [partition, ticket] : cancellations) logs_.CancelNotify(partition, ticket);
}

}  // namespace strata::broker
