#include "client/lib/produce/partition_queue.h"

#include <utility>

#include "client/lib/retry/backoff.h"

namespace strata {

PendingBatch* PartitionQueue::NextUnsent() {
  while (sent_ < batches_.size() && batches_[sent_]->outcome) ++sent_;
  return sent_ < batches_.size() ? batches_[sent_].get() : nullptr;
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
    if (!outcome && IsRetriable(outcome.error().code)) {
      ResendFrom(i);
      return Verdict::kResend;
    }
    Settle(*batches_[i], std::move(outcome));
    return Verdict::kDone;
  }
  return Verdict::kForgotten;
}

void PartitionQueue::ForgetAttempts() {
  for (std::size_t i = 0; i < sent_; ++i) {
    if (!batches_[i]->outcome) return ResendFrom(i);
  }
}

void PartitionQueue::Expire(TimePoint limit, const Error& error) {
  for (const auto& batch : batches_) {
    if (batch->begun_at >= limit) return;
    if (!batch->outcome) Settle(*batch, Fail(error));
  }
}

void PartitionQueue::FailSent(const Error& error) {
  for (std::size_t i = 0; i < sent_; ++i) {
    if (!batches_[i]->outcome) Settle(*batches_[i], Fail(error));
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
    NoLongerUnderWay(*batches_[i]);
    // A failure stays one; what was stored out of turn is stored again in turn.
    if (batches_[i]->outcome && batches_[i]->outcome->has_value()) batches_[i]->outcome.reset();
  }
  sent_ = index;
}

}  // namespace strata
