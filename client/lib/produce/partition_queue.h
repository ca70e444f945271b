// The batches of one partition that are not acknowledged yet, in the order in which they must be
// stored: the retry policy of the Producer as a pure state machine.
//
// From front to back: batches sent (answered or not), then batches not sent. Answers count only for
// the latest attempt of a batch. When a batch must be sent again, so must everything behind it that
// was sent already: what the broker may have stored of that is stored once more, behind it. Hence
// the offsets that are acknowledged ascend in the order of the records.
//
// No clock, no thread, no I/O. Use it from one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "client/lib/produce/pending_batch.h"

namespace strata {

class PartitionQueue {
 public:
  using TimePoint = PendingBatch::TimePoint;

  void Push(std::unique_ptr<PendingBatch> batch) { batches_.push_back(std::move(batch)); }

  // The next batch to send; null if there is none. Batches that failed before they were sent are
  // passed over.
  PendingBatch* NextUnsent();

  // NextUnsent is under way as `correlation_id` (> 0, never used before).
  void MarkSent(std::uint64_t correlation_id);

  enum class Verdict { kForgotten, kDone, kResend };

  // What the broker answered to an attempt. kForgotten: that attempt does not count any more.
  // kResend: the error may pass; it and everything behind it counts as not sent.
  Verdict Answered(std::uint64_t correlation_id, Result<Placed> outcome);

  // The stream is gone: whatever has no answer counts as not sent.
  void ForgetAttempts();

  // Gives every batch that was begun before `limit` and has no outcome this one.
  void Expire(TimePoint limit, const Error& error);

  // Gives every batch that was sent and has no outcome this one.
  void FailSent(const Error& error);

  // The batches at the front that have an outcome.
  std::vector<std::unique_ptr<PendingBatch>> TakeFinished();

  // Bytes of the batches that are under way.
  std::size_t bytes_under_way() const { return bytes_under_way_; }
  bool empty() const { return batches_.empty(); }

 private:
  void Settle(PendingBatch& batch, Result<Placed> outcome);
  void NoLongerUnderWay(PendingBatch& batch);
  void ResendFrom(std::size_t index);

  std::deque<std::unique_ptr<PendingBatch>> batches_;
  std::size_t sent_ = 0;  // how many at the front were sent or passed over
  std::size_t bytes_under_way_ = 0;
};

}  // namespace strata
