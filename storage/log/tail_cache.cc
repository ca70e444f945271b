#include "storage/log/tail_cache.h"

#include <algorithm>
#include <utility>

namespace strata::storage {
namespace {

constexpr std::size_t kSpareTurns = 1024;

}  // namespace

void TailCache::Put(PartitionId partition, std::vector<CachedBatch> batches) {
  if (batches.empty() || capacity_bytes_ == 0) return;
  std::vector<CachedBatch> gone;  // outlives the lock
  MutexLock lock(mutex_);
  Run& run = runs_[partition];
  if (!run.empty() && run.back().next_offset != batches.front().base_offset) Drop(&run, &gone);
  for (CachedBatch& batch : batches) {
    bytes_ += batch.footprint();
    run.push_back(std::move(batch));
    turns_.push_back(partition);
  }
  batches_ += batches.size();
  Evict(&gone);
  ForgetIdleTurns();
}

std::optional<ReadResult> TailCache::Read(PartitionId partition, Offset from, Offset visible,
                                          std::size_t max_bytes) const {
  MutexLock lock(mutex_);
  const auto found = runs_.find(partition);
  if (found == runs_.end() || from < found->second.front().base_offset) return std::nullopt;
  const Run& run = found->second;
  auto batch = std::upper_bound(
      run.begin(), run.end(), from,
      [](Offset offset, const CachedBatch& other) { return offset < other.next_offset; });
  ReadResult result;
  result.next_offset = from;
  for (; batch != run.end() && batch->next_offset <= visible; ++batch) {
    const std::size_t bytes = batch->bytes();
    if (result.bytes > 0 && result.bytes + bytes > max_bytes) break;
    const Fragments& fragments = batch->fragments;
    result.fragments.insert(result.fragments.end(), fragments.begin(), fragments.end());
    result.bytes += bytes;
    result.next_offset = batch->next_offset;
  }
  if (result.bytes == 0) return std::nullopt;
  return result;
}

void TailCache::Remove(PartitionId partition) {
  std::vector<CachedBatch> gone;
  MutexLock lock(mutex_);
  const auto found = runs_.find(partition);
  if (found == runs_.end()) return;
  Drop(&found->second, &gone);
  runs_.erase(found);
}

void TailCache::RemoveBelow(PartitionId partition, Offset offset) {
  std::vector<CachedBatch> gone;
  MutexLock lock(mutex_);
  const auto found = runs_.find(partition);
  if (found == runs_.end()) return;
  Run& run = found->second;
  while (!run.empty() && run.front().next_offset <= offset) {
    bytes_ -= run.front().footprint();
    --batches_;
    gone.push_back(std::move(run.front()));
    run.pop_front();
  }
  if (run.empty()) runs_.erase(found);
}

std::size_t TailCache::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

std::size_t TailCache::turns() const {
  MutexLock lock(mutex_);
  return turns_.size();
}

void TailCache::ForgetIdleTurns() {
  if (turns_.size() <= 2 * batches_ + kSpareTurns) return;
  std::unordered_map<PartitionId, std::size_t, PartitionHash> kept_of;
  std::deque<PartitionId> kept;
  for (auto turn = turns_.rbegin(); turn != turns_.rend(); ++turn) {
    const auto run = runs_.find(*turn);
    if (run == runs_.end() || kept_of[*turn] == run->second.size()) continue;
    ++kept_of[*turn];
    kept.push_front(*turn);
  }
  turns_.swap(kept);
}

void TailCache::Evict(std::vector<CachedBatch>* gone) {
  while (bytes_ > capacity_bytes_) {
    const auto found = runs_.find(turns_.front());
    turns_.pop_front();
    if (found == runs_.end() || found->second.empty()) continue;
    Run& run = found->second;
    bytes_ -= run.front().footprint();
    --batches_;
    gone->push_back(std::move(run.front()));
    run.pop_front();
    if (run.empty()) runs_.erase(found);
  }
}

void TailCache::Drop(Run* run, std::vector<CachedBatch>* gone) {
  for (CachedBatch& batch : *run) {
    bytes_ -= batch.footprint();
    gone->push_back(std::move(batch));
  }
  batches_ -= run->size();
  run->clear();
}

}  // namespace strata::storage
