#include "client/lib/consume/held_partitions.h"

#include <algorithm>
#include <utility>

#include "proto/batch/record_batch.h"

namespace strata {
namespace {

// Cuts a delivery into its batches; the last one carries the position behind all of them. `from` is
// where it began, if that is known.
Result<std::deque<WaitingBatch>> Cut(const Delivery& delivery, std::optional<Offset> from) {
  std::deque<WaitingBatch> batches;
  for (FragmentReader rest(delivery.batches); !rest.AtEnd();) {
    STRATA_TRY_ASSIGN(ReceivedBatch batch, TakeBatch(rest));
    const BatchHeader& header = batch.header;
    if (!from) from = header.base_offset;
    batches.push_back({.bytes = std::move(batch.bytes),
                       .next_offset = header.next_offset(),
                       .credit = {.bytes = static_cast<std::int64_t>(header.total_bytes())}});
  }
  if (batches.empty()) batches.emplace_back();
  batches.back().next_offset = std::max(batches.back().next_offset, delivery.next_offset);
  // As the broker charges it: the way from the first offset asked for to the next one.
  Offset position = from.value_or(delivery.next_offset);
  for (WaitingBatch& batch : batches) {
    batch.credit.records = std::max<std::int64_t>(batch.next_offset - position, 0);
    position = std::max(position, batch.next_offset);
  }
  return batches;
}

}  // namespace

HeldPartitions::Change HeldPartitions::Assign(const Assignment& assignment) {
  const auto [entry, is_new] = partitions_.try_emplace(assignment.partition);
  Held& held = entry->second;
  Drop(held);
  held.generation = assignment.generation;
  held.position = assignment.current;
  MoveEnds(held, assignment.current, assignment.current);
  held.stable = assignment.stable;
  first_ends_.try_emplace(assignment.partition, assignment.stable);
  held.moved = false;
  held.retired = false;
  held.expects_move = false;
  return is_new ? Change::kNew : Change::kMoved;
}

void HeldPartitions::Remove(const TopicPartition& partition) {
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) return;
  Drop(found->second);
  Uncount(found->second);
  partitions_.erase(found);
}

void HeldPartitions::RemoveAll() {
  for (auto& [partition, held] : partitions_) Drop(held);
  partitions_.clear();
  uncommitted_ = 0;
}

void HeldPartitions::Retire(const TopicPartition& partition) {
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) return;
  Drop(found->second);
  found->second.retired = true;
}

bool HeldPartitions::IsRetired(const TopicPartition& partition, std::int64_t generation) const {
  const auto found = partitions_.find(partition);
  return found != partitions_.end() && found->second.retired &&
         found->second.generation == generation;
}

void HeldPartitions::ExpectMove(const TopicPartition& partition, bool expected) {
  const auto found = partitions_.find(partition);
  if (found != partitions_.end()) found->second.expects_move = expected;
}

void HeldPartitions::SetPaused(const TopicPartition& partition, bool paused) {
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) return;
  found->second.paused = paused;
  if (paused) ReturnCredit(found->second);
}

bool HeldPartitions::IsPaused(const TopicPartition& partition) const {
  const auto found = partitions_.find(partition);
  return found != partitions_.end() && found->second.paused;
}

Result<void> HeldPartitions::Deliver(const Delivery& delivery) {
  const auto found = partitions_.find(delivery.partition);
  const bool is_void =
      found == partitions_.end() || found->second.generation != delivery.generation;
  if (is_void) {
    STRATA_TRY_ASSIGN(const auto batches, Cut(delivery, std::nullopt));
    for (const WaitingBatch& batch : batches) dropped_ += batch.credit;
    return Ok();
  }
  Held& held = found->second;
  STRATA_TRY_ASSIGN(std::deque<WaitingBatch> batches, Cut(delivery, held.arrived));
  MoveEnds(held, held.committed, std::max(held.arrived, batches.back().next_offset));
  held.stable = std::max(held.stable, delivery.stable);
  std::move(batches.begin(), batches.end(), std::back_inserter(held.waiting));
  if (held.paused) ReturnCredit(held);
  if (held.retired) Drop(held);
  return Ok();
}

std::optional<HandOut> HeldPartitions::TakeNext() {
  const auto can_hand_out = [](const auto& entry) { return CanHandOut(entry.second); };
  const auto after = partitions_.upper_bound(served_last_);
  auto chosen = std::find_if(after, partitions_.end(), can_hand_out);
  if (chosen == partitions_.end()) {
    chosen = std::find_if(partitions_.begin(), after, can_hand_out);
    if (chosen == after) return std::nullopt;
  }
  auto& [partition, held] = *chosen;
  HandOut hand_out{.partition = partition,
                   .generation = held.generation,
                   .from = held.position,
                   .batch = std::move(held.waiting.front())};
  held.waiting.pop_front();
  held.position = std::max(held.position, hand_out.batch.next_offset);
  held.moved = true;
  served_last_ = partition;
  dropped_ += hand_out.batch.credit;
  return hand_out;
}

bool HeldPartitions::HasWaiting(const TopicPartition& partition) const {
  const auto found = partitions_.find(partition);
  return found != partitions_.end() && !found->second.waiting.empty();
}

Credit HeldPartitions::TakeDropped() {
  return std::exchange(dropped_, {});
}

bool HeldPartitions::AtEnd() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [this](const auto& entry) {
    const auto& [partition, held] = entry;
    // The end itself may have moved back, when the topic was made anew.
    const Offset end = std::min(first_ends_.at(partition), held.stable);
    return !held.expects_move && held.position >= end;
  });
}

std::vector<TopicPartition> HeldPartitions::All() const {
  std::vector<TopicPartition> all;
  all.reserve(partitions_.size());
  for (const auto& [partition, held] : partitions_) all.push_back(partition);
  return all;
}

std::optional<std::int64_t> HeldPartitions::GenerationOf(const TopicPartition& partition) const {
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) return std::nullopt;
  return found->second.generation;
}

std::vector<Progress> HeldPartitions::TakeProgress() {
  std::vector<Progress> progress;
  for (auto& [partition, held] : partitions_) {
    if (!std::exchange(held.moved, false)) continue;
    progress.push_back({partition, held.position, held.generation});
  }
  return progress;
}

void HeldPartitions::PutBack(const Progress& progress) {
  const auto found = partitions_.find(progress.partition);
  if (found == partitions_.end() || found->second.generation != progress.generation) return;
  found->second.moved = true;
}

void HeldPartitions::SetCommitted(const Progress& progress) {
  const auto found = partitions_.find(progress.partition);
  if (found == partitions_.end() || found->second.generation != progress.generation) return;
  Held& held = found->second;
  MoveEnds(held, std::max(held.committed, progress.offset), held.arrived);
}

bool HeldPartitions::IsCommitted(const Progress& progress) const {
  const auto found = partitions_.find(progress.partition);
  return found != partitions_.end() && found->second.generation == progress.generation &&
         found->second.committed >= progress.offset;
}

void HeldPartitions::Uncount(const Held& held) {
  if (held.arrived > held.committed) --uncommitted_;
}

void HeldPartitions::MoveEnds(Held& held, Offset committed, Offset arrived) {
  Uncount(held);
  held.committed = committed;
  held.arrived = arrived;
  if (held.arrived > held.committed) ++uncommitted_;
}

void HeldPartitions::Drop(Held& held) {
  for (const WaitingBatch& batch : held.waiting) dropped_ += batch.credit;
  held.waiting.clear();
}

void HeldPartitions::ReturnCredit(Held& held) {
  for (WaitingBatch& batch : held.waiting) dropped_ += std::exchange(batch.credit, {});
}

bool HeldPartitions::CanHandOut(const Held& held) {
  return !held.waiting.empty() && !held.paused && !held.retired && !held.expects_move;
}

}  // namespace strata
