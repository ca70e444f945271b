#include "client/lib/produce/partition_queue.h"

#include <algorithm>
#include <utility>

#include "client/lib/retry/backoff.h"

namespace strata {
namespace {

// Whether the answer says that this attempt has not stored the batch.
bool IsCertain(ErrorCode code) {
  switch (code) {
    case ErrorCode::UNAVAILABLE:
    case ErrorCode::TIMEOUT:
    case ErrorCode::CANCELLED:
    case ErrorCode::IO_ERROR:
    case ErrorCode::LOG_POISONED:
    case ErrorCode::INTERNAL:
      return false;
    default:
      return true;
  }
}

// The error for a batch of which an earlier attempt may have been stored.
Error Doubtful(const Error& error) {
  if (!IsCertain(error.code)) return error;
  return {ErrorCode::UNAVAILABLE,
          "it is not known whether the record is stored: an answer was lost, and then " +
              error.message};
}

}  // namespace

PendingBatch* PartitionQueue::NextUnsent() {
  if (waits_for_answers_ && bytes_under_way_ > 0) return nullptr;
  waits_for_answers_ = false;
  while (sent_ < batches_.size() && batches_[sent_]->outcome) ++sent_;
  if (sent_ == batches_.size()) return nullptr;
  if (sent_ >= max_sent_) return nullptr;
  return batches_[sent_].get();
}

void PartitionQueue::MarkSent(std::uint64_t correlation_id) {
  PendingBatch& batch = *batches_[sent_++];
  batch.correlation_id = correlation_id;
  bytes_under_way_ += batch.encoded.size();
}

PartitionQueue::Verdict PartitionQueue::Answered(std::uint64_t correlation_id,
                                                 Result<Placed> outcome) {
  for (std::size_t i = 0; i < sent_; ++i) {
    if (batches_[i]->correlation_id != correlation_id) continue;
    if (!outcome) return Refused(i, std::move(outcome).error());
    Settle(*batches_[i], std::move(outcome));
    return Verdict::kDone;
  }
  return Verdict::kForgotten;
}

PartitionQueue::Verdict PartitionQueue::Refused(std::size_t index, Error error) {
  PendingBatch& batch = *batches_[index];
  batch.in_doubt |= !IsCertain(error.code);
  if (IsRetriable(error.code)) {
    // What is under way behind it is refused, because this one is missing, unless it is not.
    for (std::size_t i = index + 1; i < sent_; ++i) batches_[i]->in_doubt |= batch.in_doubt;
    ResendFrom(index);
    return Verdict::kResend;
  }
  if (batch.numbers && error.code == ErrorCode::OUT_OF_ORDER_SEQUENCE) {
    ResendFrom(index);
    if (bytes_under_way_ == 0) return Verdict::kLostItsPlace;
    // One before it has no answer yet, and may be sent again under its old numbers.
    waits_for_answers_ = true;
    return Verdict::kDone;
  }
  Settle(batch, Fail(batch.numbers && batch.in_doubt ? Doubtful(error) : std::move(error)));
  return Verdict::kDone;
}

void PartitionQueue::Renumber(const Error& error) {
  ResendFrom(0);
  for (const auto& batch : batches_) {
    if (batch->outcome) continue;
    if (batch->in_doubt) {
      Settle(*batch, Fail(Doubtful(error)));
    } else {
      batch->numbers.reset();
    }
  }
}

std::vector<PendingBatch*> PartitionQueue::Unnumbered() {
  std::vector<PendingBatch*> unnumbered;
  for (const auto& batch : batches_) {
    if (!batch->outcome && !batch->numbers) unnumbered.push_back(batch.get());
  }
  return unnumbered;
}

void PartitionQueue::ForgetAttempts() {
  for (std::size_t i = 0; i < sent_; ++i) {
    if (batches_[i]->correlation_id != 0) batches_[i]->in_doubt = true;
  }
  for (std::size_t i = 0; i < sent_; ++i) {
    if (!batches_[i]->outcome) return ResendFrom(i);
  }
}

void PartitionQueue::Expire(TimePoint limit, const Error& error, std::optional<ErrorCode> refusal) {
  for (const auto& batch : batches_) {
    if (batch->begun_at >= limit) return;
    if (batch->outcome) continue;
    const bool in_doubt = batch->in_doubt || batch->correlation_id != 0;
    const bool refused = refusal && IsCertain(*refusal) && !in_doubt;
    Settle(*batch, Fail(refused ? *refusal : error.code, error.message));
  }
}

void PartitionQueue::FailSent(const Error& error) {
  FailFirst(sent_, error);
}

void PartitionQueue::FailAll(const Error& error) {
  FailFirst(batches_.size(), error);
}

void PartitionQueue::FailFirst(std::size_t count, const Error& error) {
  for (std::size_t i = 0; i < count; ++i) {
    PendingBatch& batch = *batches_[i];
    if (batch.outcome) continue;
    const bool in_doubt = batch.in_doubt || batch.correlation_id != 0;
    Settle(batch, Fail(batch.numbers && in_doubt ? Doubtful(error) : error));
  }
}

std::vector<std::unique_ptr<PendingBatch>> PartitionQueue::TakeFinished() {
  std::vector<std::unique_ptr<PendingBatch>> finished;
  while (!batches_.empty() && batches_.front()->outcome) {
    finished.push_back(std::move(batches_.front()));
    batches_.pop_front();
    if (sent_ > 0) --sent_;
  }
  return finished;
}

void PartitionQueue::Settle(PendingBatch& batch, Result<Placed> outcome) {
  NoLongerUnderWay(batch);
  batch.outcome = std::move(outcome);
}

void PartitionQueue::NoLongerUnderWay(PendingBatch& batch) {
  if (batch.correlation_id == 0) return;
  batch.correlation_id = 0;
  bytes_under_way_ -= batch.encoded.size();
}

void PartitionQueue::ResendFrom(std::size_t index) {
  for (std::size_t i = index; i < sent_; ++i) {
    PendingBatch& batch = *batches_[i];
    NoLongerUnderWay(batch);
    // A failure stays one; what was stored out of turn is stored again in turn.
    if (!batch.numbers && batch.outcome && batch.outcome->has_value()) batch.outcome.reset();
  }
  sent_ = std::min(sent_, index);
}

}  // namespace strata
