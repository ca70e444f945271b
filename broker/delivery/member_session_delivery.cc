// From the logs to the member: one turn after the other.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "broker/delivery/consume_messages.h"
#include "broker/delivery/member_session.h"
#include "broker/delivery/record_page.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

// A credit of few records shall not cost a large read each time.
constexpr std::size_t kReadBytesPerRecord = 16 << 10;

// Whether the other partitions of a member are delivered as before.
bool ConcernsOnePartition(const Error& error) {
  return error.code == ErrorCode::CORRUPT_LOG || error.code == ErrorCode::LOG_POISONED;
}

}  // namespace

std::optional<MemberSession::Turn> MemberSession::NextTurn() {
  if (in_turn_ || credit_records_ <= 0 || credit_bytes_ <= 0) return std::nullopt;
  auto next = held_.Next();
  if (!next) return std::nullopt;
  std::size_t max_bytes = std::min(options_.max_bytes, static_cast<std::size_t>(credit_bytes_));
  if (!options_.as_batches) {
    max_bytes =
        std::min(max_bytes, static_cast<std::size_t>(credit_records_) * kReadBytesPerRecord);
  }
  max_bytes = budget_.Share(max_bytes);
  return Turn{std::move(*next), credit_records_, max_bytes};
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
  Offset sent = 0;
  if (options_.as_batches) {
    STRATA_TRY_ASSIGN(page, TakeBatches(std::move(read), turn.from, turn.max_records));
    STRATA_TRY_ASSIGN(sent, EndOfRecords(page.batches));
  } else {
    STRATA_TRY_ASSIGN(
        page, DecodeRecords(read, turn.partition.partition, turn.from, kForEver, turn.max_records,
                            turn.max_bytes, records.mutable_records()));
    if (page.records > 0) sent = records.records().rbegin()->offset() + 1;
  }
  records.set_next_offset(page.next_offset);
  return Delivery{RecordsMessage(records, std::move(page.batches)), page.bytes, page.records,
                  page.next_offset, sent};
}

void MemberSession::Send(const Turn& turn, Delivery delivery) {
  group_->Delivered(id_, turn.partition, turn.generation, delivery.next_offset);
  MutexLock lock(mutex_);
  in_turn_ = false;
  Queue(turn, std::move(delivery));
}

void MemberSession::Queue(const Turn& turn, Delivery delivery) {
  if (finishing_) return;
  if (!held_.Delivered(turn.partition, turn.generation, delivery.next_offset, delivery.sent)) {
    return;
  }
  credit_records_ -= delivery.records;
  credit_bytes_ -= static_cast<std::int64_t>(delivery.bytes);
  metrics_.CountFetch(static_cast<std::int64_t>(delivery.bytes));
  in_flight_.Set(TotalBytes(delivery.message));
  Push(std::move(delivery.message));
  UpdateLease();
}

void MemberSession::WaitForMore(const Turn& turn) {
  {
    MutexLock lock(mutex_);
    if (!held_.BeginWait(turn.partition, turn.generation)) {
      in_turn_ = false;
      return;
    }
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
    keep = ticket && held_.SetTicket(turn.partition, turn.generation, *ticket);
  }
  if (ticket && !keep) logs_.CancelNotify(turn.partition, *ticket);
}

void MemberSession::LogGrew(PartitionId partition, Generation generation) {
  {
    MutexLock lock(mutex_);
    if (!held_.EndWait(partition, generation)) return;
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
    if (out_of_range && turn.from < ends->log_start) {
      held_.SkipTo(turn.partition, turn.generation, ends->log_start);
      return;
    }
    if (!held_.Abandon(turn.partition, turn.generation)) return;
    UpdateLease();
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

}  // namespace strata::broker
