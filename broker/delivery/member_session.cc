#include "broker/delivery/member_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/delivery/consume_messages.h"
#include "broker/delivery/record_page.h"
#include "broker/topics/names.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

// Whether the other partitions of a member are delivered as before.
bool ConcernsOnePartition(const Error& error) {
  return error.code == ErrorCode::CORRUPT_LOG || error.code == ErrorCode::LOG_POISONED;
}

constexpr std::int64_t kMaxRecordsGrant = (1LL << 31) - 1;
constexpr std::int64_t kMaxBytesGrant = 1LL << 40;
constexpr int kMaxOffsetsInCommit = 10'000;
// What may wait to be answered or read before the member is not listened to any more...
constexpr std::size_t kMaxWaitingMessages = 1'000;
constexpr std::size_t kMaxWaitingBytes = 1 << 20;
// ...and before one that does not read is cut off: beside one message of records.
constexpr std::size_t kMaxOutboxBytes = 32 << 20;
// A credit of few records shall not cost a large read each time.
constexpr std::size_t kReadBytesPerRecord = 16 << 10;

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
      transport_(transport),
      in_flight_(environment.budget) {}

Result<void> MemberSession::Start(MemberInfo info, const std::vector<TopicPtr>& topics) {
  return group_->Join(std::move(info), topics, this,
                      [this](Generation generation) { Tell(JoinedMessage(id_, generation)); });
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
    credit_records_ = std::min(credit_records_ + credit.records(), kMaxRecordsGrant);
    credit_bytes_ = std::min(credit_bytes_ + credit.bytes(), kMaxBytesGrant);
  }
  Pump();
  return Ok();
}

Result<void> MemberSession::OnCommit(const v1::Commit& commit) {
  std::vector<NamedPartition> named;
  std::vector<OffsetToCommit> offsets;
  std::vector<NamedFailure> failures;
  STRATA_TRY(ReadCommit(commit, &named, &offsets, &failures));
  const std::size_t bytes = commit.ByteSizeLong();
  {
    MutexLock lock(mutex_);
    ++commits_under_way_;
    commit_bytes_under_way_ += bytes;
  }
  group_->Commit(
      id_, std::move(offsets),
      [self = shared_from_this(), id = commit.correlation_id(), bytes, named = std::move(named),
       failures = std::move(failures)](const CommitOutcome& outcome) mutable {
        for (std::size_t i = 0; i < outcome.size(); ++i) {
          if (outcome[i]) failures.push_back({named[i], *outcome[i]});
        }
        self->CommitDone(bytes, CommittedMessage(id, failures));
      });
  return Ok();
}

Result<void> MemberSession::ReadCommit(const v1::Commit& commit, std::vector<NamedPartition>* named,
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
      named->push_back(Named(offset));
      offsets->push_back({*partition, offset.offset(), offset.generation(), offset.metadata()});
    } else {
      unknown->push_back({Named(offset), partition.error()});
    }
  }
  return Ok();
}

void MemberSession::CommitDone(std::size_t commit_bytes, WireMessage answer) {
  {
    MutexLock lock(mutex_);
    --commits_under_way_;
    commit_bytes_under_way_ -= commit_bytes;
    Push(std::move(answer));
  }
  PumpSoon();
}

void MemberSession::OnSeek(std::uint64_t correlation_id, const Result<SeekTarget>& target) {
  if (!target) return Tell(SeekFailedMessage(correlation_id, target.error()));
  if (auto moved = group_->SeekMember(id_, *target, correlation_id); !moved) {
    Tell(SeekFailedMessage(correlation_id, moved.error()));
  }
}

void MemberSession::OnPause(const std::vector<PartitionId>& partitions, bool paused) {
  {
    MutexLock lock(mutex_);
    for (PartitionId partition : partitions) {
      const auto held = held_.find(partition);
      if (held == held_.end()) continue;
      held->second.paused = paused;
      UpdateReady(partition, held->second);
    }
  }
  Pump();
}

void MemberSession::OnRelease(const std::vector<PartitionId>& partitions) {
  Cancellations cancellations;
  {
    MutexLock lock(mutex_);
    for (PartitionId partition : partitions) {
      const auto held = held_.find(partition);
      if (held != held_.end() && held->second.stopped) Drop(partition, &cancellations);
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
  group_->Leave(id_);
  Cancellations cancellations;
  {
    MutexLock lock(mutex_);
    if (finishing_) return;
    finishing_ = true;
    end_error_ = std::move(error);
    while (!held_.empty()) Drop(held_.begin()->first, &cancellations);
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
  const auto it = names_.find({topic, partition});
  if (it != names_.end()) return it->second;
  return Fail(ErrorCode::NOT_ASSIGNED,
              fmt::format("partition {} of {} was never assigned to this member", partition,
                          Quoted(topic)));
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
      Held& held = held_[assignment.partition];
      held.topic = assignment.topic;
      held.generation = assignment.generation;
      held.next = assignment.current;
      names_[{assignment.topic->name, assignment.partition.partition}] = assignment.partition;
      UpdateReady(assignment.partition, held);
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
      const auto held = held_.find(partition);
      if (held == held_.end()) continue;
      named.push_back({held->second.topic->name, partition.partition});
      if (finish_within.count() > 0) {
        held->second.stopped = true;
        UpdateReady(partition, held->second);
      } else {
        Drop(partition, &cancellations);
      }
    }
    if (!named.empty()) Push(RevokedMessage(named, finish_within, reason));
  }
  Cancel(cancellations);
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

std::optional<MemberSession::Turn> MemberSession::NextTurn() {
  if (in_turn_ || ready_.empty() || credit_records_ <= 0 || credit_bytes_ <= 0) {
    return std::nullopt;
  }
  auto next = ready_.upper_bound(served_last_);
  if (next == ready_.end()) next = ready_.begin();
  const Held& held = held_.at(*next);
  served_last_ = *next;
  std::size_t max_bytes = std::min(options_.max_bytes, static_cast<std::size_t>(credit_bytes_));
  if (!options_.as_batches) {
    max_bytes =
        std::min(max_bytes, static_cast<std::size_t>(credit_records_) * kReadBytesPerRecord);
  }
  max_bytes = budget_.Share(max_bytes);
  return Turn{*next, held.topic, held.generation, held.next, credit_records_, max_bytes};
}

void MemberSession::TakeTurn(const Turn& turn) {
  auto cached = logs_.ReadCached(turn.partition, turn.from, {.max_bytes = turn.max_bytes});
  const bool nothing = cached && *cached && (*cached)->fragments.empty();
  // Decoding is too much work for one of gRPC's threads.
  if (cached && (options_.as_batches || nothing || !*cached)) {
    Deliver(turn, std::move(*cached));
  } else {
    TakeTurnOnExecutor(turn);
  }
}

void MemberSession::TakeTurnOnExecutor(const Turn& turn) {
  // Refused only while the broker stops: the turn then never ends, and nothing more is delivered.
  (void)executor_.Post([self = shared_from_this(), turn] {
    self->Deliver(turn, self->logs_.Read(turn.partition, turn.from, {.max_bytes = turn.max_bytes}));
    self->Pump();
  });
}

void MemberSession::Deliver(const Turn& turn, Result<storage::ReadResult> read) {
  if (!read) return ReadFailed(turn, read.error());
  if (read->fragments.empty()) return WaitForMore(turn);
  auto delivery = Encode(turn, std::move(*read));
  if (!delivery) return ReadFailed(turn, delivery.error());
  Send(turn, std::move(*delivery));
}

Result<MemberSession::Delivery> MemberSession::Encode(const Turn& turn,
                                                      storage::ReadResult read) const {
  v1::Records records;
  records.set_topic(turn.topic->name);
  records.set_partition(turn.partition.partition);
  records.set_generation(turn.generation);
  records.set_stable_offset(read.ends.visible);
  Page page;
  if (options_.as_batches) {
    STRATA_TRY_ASSIGN(page, TakeBatches(std::move(read), turn.from, turn.max_records));
  } else {
    STRATA_TRY_ASSIGN(
        page, DecodeRecords(read, turn.partition.partition, turn.from, kForEver, turn.max_records,
                            turn.max_bytes, records.mutable_records()));
  }
  records.set_next_offset(page.next_offset);
  return Delivery{RecordsMessage(records, std::move(page.batches)), page.bytes, page.records,
                  page.next_offset};
}

void MemberSession::Send(const Turn& turn, Delivery delivery) {
  group_->Delivered(id_, turn.partition, turn.generation, delivery.next_offset);
  MutexLock lock(mutex_);
  in_turn_ = false;
  Held* held = StillHeld(turn.partition, turn.generation);
  if (!held || held->stopped || finishing_) return;
  held->next = delivery.next_offset;
  credit_records_ -= delivery.records;
  credit_bytes_ -= static_cast<std::int64_t>(delivery.bytes);
  metrics_.CountFetch(static_cast<std::int64_t>(delivery.bytes));
  in_flight_.Set(TotalBytes(delivery.message));
  Push(std::move(delivery.message));
}

void MemberSession::WaitForMore(const Turn& turn) {
  {
    MutexLock lock(mutex_);
    Held* held = StillHeld(turn.partition, turn.generation);
    if (!held) {
      in_turn_ = false;
      return;
    }
    held->waiting = true;
    UpdateReady(turn.partition, *held);
  }
  const auto ticket = logs_.NotifyBeyond(
      turn.partition, turn.from,
      [weak = weak_from_this(), partition = turn.partition, generation = turn.generation] {
        if (auto self = weak.lock()) self->LogGrew(partition, generation);
      });
  bool keep = false;
  {
    // The turn ends only now, so that there is one wait at a time.
    MutexLock lock(mutex_);
    in_turn_ = false;
    Held* held = StillHeld(turn.partition, turn.generation);
    keep = ticket && held && held->waiting;
    if (keep) held->ticket = *ticket;
  }
  if (ticket && !keep) logs_.CancelNotify(turn.partition, *ticket);
}

void MemberSession::LogGrew(PartitionId partition, Generation generation) {
  {
    MutexLock lock(mutex_);
    Held* held = StillHeld(partition, generation);
    if (!held) return;
    held->waiting = false;
    held->ticket = 0;
    UpdateReady(partition, *held);
  }
  PumpSoon();
}

void MemberSession::ReadFailed(const Turn& turn, const Error& error) {
  const auto ends = logs_.Ends(turn.partition);
  const bool out_of_range = error.code == ErrorCode::OFFSET_OUT_OF_RANGE && ends;
  if (out_of_range && turn.from > ends->visible) return WaitForMore(turn);
  {
    MutexLock lock(mutex_);
    in_turn_ = false;
    Held* held = StillHeld(turn.partition, turn.generation);
    if (!held) return;
    if (out_of_range && turn.from < ends->log_start) {
      held->next = ends->log_start;
      return;
    }
    held->stopped = true;
    UpdateReady(turn.partition, *held);
    // The group takes the partitions of a deleted topic by itself.
    if (error.code == ErrorCode::UNKNOWN_PARTITION) return;
    // What may pass by itself is tried again by the next member, or by this one when it is back.
    if (!ConcernsOnePartition(error) && !failure_) failure_ = error;
  }
  spdlog::error("group {}: partition {} of topic {} is not delivered beyond offset {}: {}",
                group_->name(), turn.partition.partition, turn.topic->name, turn.from,
                error.message);
  if (!ConcernsOnePartition(error)) return;
  Tell(DamagedMessage({turn.topic->name, turn.partition.partition}, error));
}

MemberSession::Held* MemberSession::StillHeld(PartitionId partition, Generation generation) {
  const auto it = held_.find(partition);
  if (it == held_.end() || it->second.generation != generation) return nullptr;
  return &it->second;
}

void MemberSession::UpdateReady(PartitionId partition, const Held& held) {
  if (held.paused || held.stopped || held.waiting) {
    ready_.erase(partition);
  } else {
    ready_.insert(partition);
  }
}

void MemberSession::Drop(PartitionId partition, Cancellations* cancellations) {
  const auto it = held_.find(partition);
  if (it == held_.end()) return;
  if (it->second.ticket != 0) cancellations->push_back({partition, it->second.ticket});
  held_.erase(it);
  ready_.erase(partition);
}

void MemberSession::Cancel(const Cancellations& cancellations) {
  for (const auto& [partition, ticket] : cancellations) logs_.CancelNotify(partition, ticket);
}

}  // namespace strata::broker
