#include "client/lib/produce/sender.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "proto/batch/producer_sequence.h"

namespace strata {
namespace {

// Enough to keep disk and network busy; the rest waits in the lanes, where nothing is lost or sent
// twice when a stream breaks.
constexpr std::size_t kMaxBytesUnderWay = 16 << 20;

constexpr std::chrono::milliseconds kLongestExpiryCheck{1'000};

// A correlation id names the attempt and, in its low half, the partition.
constexpr int kPartitionBits = 32;

std::uint64_t CorrelationId(std::uint64_t attempt, std::int32_t partition) {
  return attempt << kPartitionBits | static_cast<std::uint32_t>(partition);
}

std::int32_t PartitionOf(std::uint64_t correlation_id) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(correlation_id));
}

void CallBack(const PendingBatch& batch) {
  Result<Placed> outcome = *batch.outcome;
  const bool has_offset = outcome && outcome->offset != kNoOffset;
  for (const auto& callback : batch.callbacks) {
    if (callback) callback(outcome);
    if (has_offset) ++outcome->offset;
  }
}

}  // namespace

Sender::Sender(std::shared_ptr<Connection> connection, std::string topic,
               const ProducerOptions& options, Accumulator& accumulator,
               std::shared_ptr<Doorbell> doorbell)
    : connection_(std::move(connection)),
      topic_(std::move(topic)),
      options_(options),
      accumulator_(accumulator),
      doorbell_(std::move(doorbell)),
      seeds_(std::random_device{}()),
      reconnect_backoff_(options.retry_backoff, options.retry_backoff_max, seeds_()),
      thread_([this] { Run(); }) {}

Sender::~Sender() {
  stopping_ = true;
  doorbell_->Ring();
  thread_.join();
}

void Sender::Run() {
  accumulator_.OwnedByThisThread();
  while (!stopping_) {
    const TimePoint now = std::chrono::steady_clock::now();
    Accept(now);
    TakeIdentity(now);
    TakeAnswers(now);
    NoticeEnd(now);
    ExpireOld(now);
    SendAll(now);
    Report();
    doorbell_->WaitUntil(NextWakeUp(now));
  }
}

void Sender::Accept(TimePoint now) {
  for (auto& batch : accumulator_.TakeClosed(now)) {
    if (ended_ && !batch->outcome) batch->outcome = Fail(*ended_);
    if (identified() && !batch->outcome) Encode(*batch);
    LaneOf(batch->partition).queue.Push(std::move(batch));
  }
}

void Sender::TakeIdentity(TimePoint now) {
  if (!identity_call_) return;
  const auto answer = identity_call_->TakeAnswer();
  if (!answer) return;
  identity_call_.reset();
  if (*answer) {
    identity_ = **answer;
    reconnect_backoff_.Reset();
    for (auto& [partition, lane] : lanes_) EncodeUnnumbered(lane);
    return;
  }
  const Error& error = answer->error();
  reconnect_at_ = now + reconnect_backoff_.Next();
  if (IsRetriable(error.code)) return Delayed(error);
  for (auto& [partition, lane] : lanes_) lane.queue.FailAll(error);
}

void Sender::TakeAnswers(TimePoint now) {
  if (!stream_) return;
  while (auto answer = stream_->TakeAnswer()) TakeAnswer(*std::move(answer), now);
}

void Sender::TakeAnswer(AppendAnswer answer, TimePoint now) {
  const std::int32_t partition = PartitionOf(answer.correlation_id);
  const auto found = lanes_.find(partition);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  std::optional<Error> error;
  if (!answer.outcome) error = answer.outcome.error();
  switch (lane.queue.Answered(answer.correlation_id, std::move(answer.outcome))) {
    case PartitionQueue::Verdict::kDone:
      lane.backoff.Reset();
      reconnect_backoff_.Reset();
      if (error && error->code == ErrorCode::STALE_PRODUCER_EPOCH) End(*std::move(error));
      break;
    case PartitionQueue::Verdict::kResend:
      lane.rests_until = now + lane.backoff.Next();
      Delayed(*std::move(error));
      break;
    case PartitionQueue::Verdict::kLostItsPlace:
      BeginEpoch(partition, lane, *error);
      break;
    case PartitionQueue::Verdict::kForgotten:
      break;
  }
}

void Sender::BeginEpoch(std::int32_t partition, Lane& lane, const Error& error) {
  // Its next epoch belongs to the next instance of a name.
  if (options_.name.empty() && numbers_.at(partition).BeginEpoch()) {
    lane.queue.Renumber(error);
    return EncodeUnnumbered(lane);
  }
  End({error.code, fmt::format("this producer has ended, because a record before this one is not "
                               "stored; open a new one: {}",
                               error.message)});
}

void Sender::EncodeUnnumbered(Lane& lane) {
  for (PendingBatch* batch : lane.queue.Unnumbered()) Encode(*batch);
}

void Sender::End(Error error) {
  for (auto& [partition, lane] : lanes_) lane.queue.FailAll(error);
  ended_ = std::move(error);
}

void Sender::NoticeEnd(TimePoint now) {
  if (!stream_) return;
  const auto error = stream_->Ended();
  if (!error) return;
  stream_.reset();
  reconnect_at_ = now + reconnect_backoff_.Next();
  for (auto& [partition, lane] : lanes_) {
    if (IsRetriable(error->code)) {
      lane.queue.ForgetAttempts();
    } else {
      lane.queue.FailSent(*error);
    }
  }
  Delayed(*error);
}

void Sender::Delayed(Error why) {
  last_error_ = std::move(why);
  if (options_.delayed) options_.delayed(*last_error_);
}

void Sender::ExpireOld(TimePoint now) {
  if (now < expire_at_) return;
  expire_at_ = now + std::min(kLongestExpiryCheck,
                              options_.delivery_timeout / 16 + std::chrono::milliseconds(1));
  for (auto& [partition, lane] : lanes_) {
    lane.queue.Expire(now - options_.delivery_timeout, WhyExpired(),
                      last_error_ ? std::optional(last_error_->code) : std::nullopt);
  }
}

void Sender::SendAll(TimePoint now) {
  if (lanes_.empty() || now < reconnect_at_) return;
  const std::vector<std::int32_t> in_turn = InTurn();
  std::size_t under_way = BytesUnderWay();
  for (bool sent = true; sent;) {
    sent = false;
    for (const std::int32_t partition : in_turn) {
      if (under_way >= kMaxBytesUnderWay) return;
      Lane& lane = LaneOf(partition);
      const std::size_t before = lane.queue.bytes_under_way();
      sent |= SendOneOf(partition, lane, now);
      under_way += lane.queue.bytes_under_way() - before;
    }
  }
}

bool Sender::SendOneOf(std::int32_t partition, Lane& lane, TimePoint now) {
  if (now < lane.rests_until) return false;
  const PendingBatch* batch = lane.queue.NextUnsent();
  if (batch == nullptr) return false;
  if (!identified()) {
    AskForIdentity();
    return false;
  }
  if (!stream_) {
    stream_ = std::make_unique<AppendStream>(*connection_, topic_, options_.durability, doorbell_);
  }
  const std::uint64_t correlation_id = CorrelationId(++attempts_, partition);
  stream_->Send(correlation_id, partition, batch->encoded);
  lane.queue.MarkSent(correlation_id);
  served_last_ = partition;
  return true;
}

void Sender::AskForIdentity() {
  if (identity_call_) return;
  identity_call_ = std::make_unique<IdentityCall>(*connection_, options_.name, doorbell_);
}

void Sender::Encode(PendingBatch& batch) {
  const bool fresh = batch.encoded.empty();
  if (identity_) {
    PartitionNumbers& numbers =
        numbers_.try_emplace(batch.partition, identity_->id, identity_->epoch).first->second;
    const BatchNumbers next = numbers.Next(batch.callbacks.size());
    batch.numbers = next;
    if (fresh) {
      batch.builder.SetProducer(next.producer_id, next.epoch, next.sequence);
    } else {
      batch.encoded = SharedBytes::FromString(
          WithProducer(batch.encoded.view(), next.producer_id, next.epoch, next.sequence));
    }
  }
  if (!fresh) return;
  BufferPool& buffers = accumulator_.buffers();
  if (options_.compression == Compression::kNone) {
    batch.encoded = buffers.Share(batch.builder.Finish());
  } else {
    batch.encoded = SharedBytes::FromString(batch.builder.Finish());
    buffers.GiveBack(batch.builder.TakeMemory());
  }
}

std::vector<std::int32_t> Sender::InTurn() const {
  std::vector<std::int32_t> partitions;
  partitions.reserve(lanes_.size());
  const auto next = lanes_.upper_bound(served_last_);
  for (auto lane = next; lane != lanes_.end(); ++lane) partitions.push_back(lane->first);
  for (auto lane = lanes_.begin(); lane != next; ++lane) partitions.push_back(lane->first);
  return partitions;
}

void Sender::Report() {
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    for (const auto& batch : lane->second.queue.TakeFinished()) {
      CallBack(*batch);
      accumulator_.Finished(*batch);
    }
    lane = lane->second.queue.empty() ? lanes_.erase(lane) : std::next(lane);
  }
}

Sender::TimePoint Sender::NextWakeUp(TimePoint now) {
  TimePoint next = accumulator_.NextDue();
  if (lanes_.empty()) return next;
  next = std::min(next, expire_at_);
  if (reconnect_at_ > now) next = std::min(next, reconnect_at_);
  for (const auto& [partition, lane] : lanes_) {
    if (lane.rests_until > now) next = std::min(next, lane.rests_until);
  }
  return next;
}

Sender::Lane& Sender::LaneOf(std::int32_t partition) {
  const auto found = lanes_.find(partition);
  if (found != lanes_.end()) return found->second;
  Backoff backoff(options_.retry_backoff, options_.retry_backoff_max, seeds_());
  const std::size_t max_sent =
      options_.idempotent ? kRememberedBatches : std::numeric_limits<std::size_t>::max();
  return lanes_.try_emplace(partition, max_sent, backoff).first->second;
}

std::size_t Sender::BytesUnderWay() const {
  std::size_t bytes = 0;
  for (const auto& [partition, lane] : lanes_) bytes += lane.queue.bytes_under_way();
  return bytes;
}

Error Sender::WhyExpired() const {
  std::string message = fmt::format("a record for topic '{}' was not acknowledged within {} ms",
                                    topic_, options_.delivery_timeout.count());
  if (last_error_) message += fmt::format("; the last failure was: {}", last_error_->message);
  return Error{ErrorCode::TIMEOUT, std::move(message)};
}

}  // namespace strata
