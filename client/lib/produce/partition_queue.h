// The batches of one partition that are not acknowledged yet, in the order in which they must be
// stored: the retry policy of the Producer as a pure state machine.
//
// From front to back: batches sent (answered or not), then batches not sent. Answers count only for
// the latest attempt of a batch. When a batch must be sent again, so must everything behind it that
// has no answer yet.
//
// Batches that are numbered are stored once and in the order of their numbers, whatever is sent
// again. Of those that are not, even what was acknowledged behind a batch that has to be sent again
// is sent, and stored, once more: hence the offsets that are acknowledged ascend in the order of
// the records in either case.
//
// A numbered batch that the broker does not take because another is missing before it has lost its
// place. It gets new numbers if it is certainly not stored; if an attempt may have been, it fails:
// sent under other numbers it might be stored twice.
//
// No clock, no thread, no I/O. Use it from one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "client/lib/produce/pending_batch.h"

namespace strata {

class PartitionQueue {
 public:
  using TimePoint = PendingBatch::TimePoint;

  // `max_sent`: how many batches may be sent and not finished; numbered ones no more than the
  // broker remembers.
  explicit PartitionQueue(std::size_t max_sent = std::numeric_limits<std::size_t>::max())
      : max_sent_(max_sent) {}

  void Push(std::unique_ptr<PendingBatch> batch) { batches_.push_back(std::move(batch)); }

  // The next batch to send; null if there is none, or none may be sent now. Batches that failed
  // before they were sent are passed over.
  PendingBatch* NextUnsent();

  // NextUnsent is under way as `correlation_id` (> 0, never used before).
  void MarkSent(std::uint64_t correlation_id);

  enum class Verdict {
    kForgotten,  // that attempt does not count any more
    kDone,
    kResend,        // the error may pass; it and everything behind it counts as not sent
    kLostItsPlace,  // what has no answer has to be numbered anew, see Renumber
  };

  // What the broker answered to an attempt.
  Verdict Answered(std::uint64_t correlation_id, Result<Placed> outcome);

  // After kLostItsPlace: everything without an outcome counts as not sent and as not numbered.
  // What may be stored fails, with the error that was answered; UNAVAILABLE says so.
  void Renumber(const Error& error);

  // The batches without an outcome that have no numbers, in order: to be numbered before they are
  // sent.
  std::vector<PendingBatch*> Unnumbered();

  // The stream is gone: whatever has no answer counts as not sent.
  void ForgetAttempts();

  // Gives every batch that was begun before `limit` and has no outcome this one; with the code of
  // the `refusal` that came last, if there is one, where it is certain that none is stored.
  void Expire(TimePoint limit, const Error& error, std::optional<ErrorCode> refusal = std::nullopt);

  // Gives every batch that was sent and has no outcome this one; UNAVAILABLE instead if it may be
  // stored under its numbers.
  void FailSent(const Error& error);

  // The same for all batches.
  void FailAll(const Error& error);

  // The batches at the front that have an outcome.
  std::vector<std::unique_ptr<PendingBatch>> TakeFinished();

  // Bytes of the batches that are under way.
  std::size_t bytes_under_way() const { return bytes_under_way_; }
  bool empty() const { return batches_.empty(); }

 private:
  Verdict Refused(std::size_t index, Error error);
  void Settle(PendingBatch& batch, Result<Placed> outcome);
  void NoLongerUnderWay(PendingBatch& batch);
  void ResendFrom(std::size_t index);
  void FailFirst(std::size_t count, const Error& error);

  const std::size_t max_sent_;
  std::deque<std::unique_ptr<PendingBatch>> batches_;
  std::size_t sent_ = 0;  // how many at the front were sent or passed over
  std::size_t bytes_under_way_ = 0;
  // A batch has lost its place: nothing is sent until those before it have their answers.
  bool waits_for_answers_ = false;
};

}  // namespace strata
