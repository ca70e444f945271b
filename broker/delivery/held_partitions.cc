#include "broker/delivery/held_partitions.h"

#include <algorithm>

namespace strata::broker {

void HeldPartitions::Add(const Assignment& assignment) {
  Held& held = held_[assignment.partition];
  held.topic = assignment.topic;
  held.generation = assignment.generation;
  held.next = held.sent = held.done = assignment.current;
  names_[{assignment.topic->name, assignment.partition.partition}] = assignment.partition;
  UpdateReady(assignment.partition, held);
}

std::optional<std::uint64_t> HeldPartitions::Drop(PartitionId partition) {
  const auto it = held_.find(partition);
  if (it == held_.end()) return std::nullopt;
  const std::uint64_t ticket = it->second.ticket;
  names_.erase({it->second.topic->name, partition.partition});
  held_.erase(it);
  ready_.erase(partition);
  unfinished_.erase(partition);
  if (ticket == 0) return std::nullopt;
  return ticket;
}

void HeldPartitions::SetPaused(PartitionId partition, bool paused) {
  Held* const held = Get(partition);
  if (!held) return;
  held->paused = paused;
  UpdateReady(partition, *held);
}

void HeldPartitions::Stop(PartitionId partition) {
  Held* const held = Get(partition);
  if (!held) return;
  held->stopped = true;
  UpdateReady(partition, *held);
}

void HeldPartitions::Finished(PartitionId partition, Generation generation, Offset offset) {
  Held* const held = Get(partition, generation);
  if (!held) return;
  held->done = std::max(held->done, offset);
  UpdateUnfinished(partition, *held);
}

std::optional<HeldPartitions::Place> HeldPartitions::Next() {
  if (ready_.empty()) return std::nullopt;
  auto next = ready_.upper_bound(served_last_);
  if (next == ready_.end()) next = ready_.begin();
  const Held& held = held_.at(*next);
  served_last_ = *next;
  return Place{*next, held.topic, held.generation, held.next};
}

bool HeldPartitions::Delivered(PartitionId partition, Generation generation, Offset next,
                               Offset sent) {
  Held* const held = Get(partition, generation);
  if (!held || held->stopped) return false;
  held->next = next;
  held->sent = std::max(held->sent, sent);
  UpdateUnfinished(partition, *held);
  return true;
}

void HeldPartitions::SkipTo(PartitionId partition, Generation generation, Offset offset) {
  Held* const held = Get(partition, generation);
  if (held) held->next = offset;
}

bool HeldPartitions::Abandon(PartitionId partition, Generation generation) {
  Held* const held = Get(partition, generation);
  if (!held) return false;
  held->stopped = true;
  UpdateReady(partition, *held);
  held->done = held->sent;
  UpdateUnfinished(partition, *held);
  return true;
}

bool HeldPartitions::BeginWait(PartitionId partition, Generation generation) {
  Held* const held = Get(partition, generation);
  if (!held) return false;
  held->waiting = true;
  UpdateReady(partition, *held);
  return true;
}

bool HeldPartitions::SetTicket(PartitionId partition, Generation generation, std::uint64_t ticket) {
  Held* const held = Get(partition, generation);
  if (!held || !held->waiting) return false;
  held->ticket = ticket;
  return true;
}

bool HeldPartitions::EndWait(PartitionId partition, Generation generation) {
  Held* const held = Get(partition, generation);
  if (!held) return false;
  held->waiting = false;
  held->ticket = 0;
  UpdateReady(partition, *held);
  return true;
}

bool HeldPartitions::IsStopped(PartitionId partition) const {
  const auto it = held_.find(partition);
  return it != held_.end() && it->second.stopped;
}

TopicPtr HeldPartitions::TopicOf(PartitionId partition) const {
  const auto it = held_.find(partition);
  return it == held_.end() ? nullptr : it->second.topic;
}

std::optional<PartitionId> HeldPartitions::Find(const std::string& topic,
                                                std::int32_t partition) const {
  const auto it = names_.find({topic, partition});
  if (it == names_.end()) return std::nullopt;
  return it->second;
}

std::vector<PartitionId> HeldPartitions::All() const {
  std::vector<PartitionId> all;
  for (const auto& [partition, held] : held_) all.push_back(partition);
  return all;
}

HeldPartitions::Held* HeldPartitions::Get(PartitionId partition) {
  const auto it = held_.find(partition);
  return it == held_.end() ? nullptr : &it->second;
}

HeldPartitions::Held* HeldPartitions::Get(PartitionId partition, Generation generation) {
  Held* const held = Get(partition);
  return held && held->generation == generation ? held : nullptr;
}

void HeldPartitions::UpdateReady(PartitionId partition, const Held& held) {
  if (held.paused || held.stopped || held.waiting) {
    ready_.erase(partition);
  } else {
    ready_.insert(partition);
  }
}

void HeldPartitions::UpdateUnfinished(PartitionId partition, const Held& held) {
  if (held.sent > held.done) {
    unfinished_.insert(partition);
  } else {
    unfinished_.erase(partition);
  }
}

}  // namespace strata::broker
