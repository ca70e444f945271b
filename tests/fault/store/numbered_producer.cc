#include "tests/fault/store/numbered_producer.h"

#include <utility>

#include "tests/fault/store/work_calls.h"

namespace strata::testing {

void NumberedProducer::Work(storage::LogStore& logs, const WorkPartition& partition, Dice& dice) {
  Progress& progress = partitions_[partition.name];
  if (!progress.unanswered.empty()) {
    SendUnanswered(logs, partition, progress);
    return;
  }
  const std::uint64_t what = Roll(dice, 16);
  if (what == 0) {
    TakeOver(logs, partition, dice);
  } else if (what == 1) {
    // Behind a gap: never to be taken.
    Send(logs, partition, {NewBatch(progress.next_sequence + 3, dice)});
  } else if (what < 5 && progress.latest_acked) {
    // As if the answer had been lost.
    Send(logs, partition, {*progress.latest_acked});
  } else {
    for (std::uint64_t more = 1 + Roll(dice, 3); more > 0; --more) AddNew(progress, dice);
    SendUnanswered(logs, partition, progress);
  }
}

void NumberedProducer::Fence(storage::LogStore& logs) {
  if (epoch_ == 0) return;
  const storage::ProducerFence fence{static_cast<std::int64_t>(id_), epoch_};
  logs.FenceProducers({&fence, 1});
  history_.Add(Fenced{id_, epoch_});
}

NumberedProducer::Batch NumberedProducer::NewBatch(std::int32_t sequence, Dice& dice) {
  Batch batch{sequence, std::vector<PayloadId>(1 + Roll(dice, 3))};
  for (PayloadId& payload : batch.payloads) payload = ++last_payload_;
  return batch;
}

void NumberedProducer::AddNew(Progress& progress, Dice& dice) {
  progress.unanswered.push_back(NewBatch(progress.next_sequence, dice));
  progress.next_sequence += static_cast<std::int32_t>(progress.unanswered.back().payloads.size());
}

std::vector<Result<storage::AppendResult>> NumberedProducer::Send(
    storage::LogStore& logs, const WorkPartition& partition, const std::deque<Batch>& batches) {
  std::vector<Answer> answers;
  for (const Batch& batch : batches) {
    const ProducerStamp stamp{id_, epoch_, batch.sequence};
    answers.push_back(AppendAndTell(logs, history_, partition, {batch.payloads, stamp}));
  }
  std::vector<Result<storage::AppendResult>> results;
  for (auto& answer : answers) results.push_back(WaitFor(answer));
  return results;
}

void NumberedProducer::SendUnanswered(storage::LogStore& logs, const WorkPartition& partition,
                                      Progress& progress) {
  // What comes behind a batch that was refused is refused too.
  for (const auto& result : Send(logs, partition, progress.unanswered)) {
    if (!result && result.error().code == ErrorCode::OUT_OF_ORDER_SEQUENCE) {
      // It was lost, and one behind it was not.
      BeginEpoch(logs);
      return;
    }
    if (!result) return;
    progress.latest_acked = std::move(progress.unanswered.front());
    progress.unanswered.pop_front();
  }
}

void NumberedProducer::TakeOver(storage::LogStore& logs, const WorkPartition& partition,
                                Dice& dice) {
  Batch late = NewBatch(partitions_[partition.name].next_sequence, dice);
  BeginEpoch(logs);
  Answer answer =
      AppendAndTell(logs, history_, partition,
                    {std::move(late.payloads), ProducerStamp{id_, epoch_ - 1, late.sequence}});
  (void)WaitFor(answer);
}

void NumberedProducer::BeginEpoch(storage::LogStore& logs) {
  ++epoch_;
  Fence(logs);
  partitions_.clear();
}

}  // namespace strata::testing
