// The partitions that a member of a group holds: under which generation, how far they were handed
// out, and which batches have arrived and wait. Decides what is void: everything that came under an
// older generation, or that a seek or a revocation has overtaken.
//
// Pure: no clock, no thread, no I/O. Use it from one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/consume/credit.h"
#include "client/lib/consumer.h"
#include "proto/base/fragments.h"

namespace strata {

// A batch that waits, or an empty one that only moves the position.
struct WaitingBatch {
  Fragments bytes;
  Offset next_offset = 0;  // the position when it has been handed out
  Credit credit;           // returned when it is handed out or dropped
};

struct Assignment {
  TopicPartition partition;
  Offset current = 0;
  std::int64_t generation = 0;
  Offset stable = 0;
};

struct Delivery {
  TopicPartition partition;
  std::int64_t generation = 0;
  Offset next_offset = 0;
  Offset stable = 0;
  Fragments batches;  // whole batches, back to back
};

// A batch to hand out now.
struct HandOut {
  TopicPartition partition;
  std::int64_t generation = 0;
  Offset from = 0;  // records before it are not wanted
  WaitingBatch batch;
};

// Something to commit, and under which generation.
struct Progress {
  TopicPartition partition;
  Offset offset = 0;
  std::int64_t generation = 0;
};

class HeldPartitions {
 public:
  enum class Change { kNew, kMoved };

  // kMoved: it was held already; what waited is dropped (see TakeDropped) and it stays paused.
  Change Assign(const Assignment& assignment);

  // No longer held.
  void Remove(const TopicPartition& partition);
  void RemoveAll();

  // Still held, so that it can be committed, but nothing more is handed out until it is assigned
  // anew.
  void Retire(const TopicPartition& partition);
  // Whether it is still held under this generation, and retired.
  bool IsRetired(const TopicPartition& partition, std::int64_t generation) const;

  // The broker has been asked to move it: nothing is handed out until it is assigned anew, and then
  // what waits is void. Take it back with `expected` false if the broker refused.
  void ExpectMove(const TopicPartition& partition, bool expected);

  void SetPaused(const TopicPartition& partition, bool paused);
  bool IsPaused(const TopicPartition& partition) const;

  // Batches that came; void ones are dropped. INVALID_BATCH, UNSUPPORTED_BATCH: cannot be told
  // apart.
  Result<void> Deliver(const Delivery& delivery);

  // The next batch, of one partition after the other; moves that partition's position behind it.
  std::optional<HandOut> TakeNext();

  // The credit of what was dropped or taken out of the account since the last call.
  Credit TakeDropped();

  bool IsHeld(const TopicPartition& partition) const { return partitions_.contains(partition); }
  // Whether something of it has come and was neither handed out nor dropped.
  bool HasWaiting(const TopicPartition& partition) const;
  // Whether everything has been handed out that was visible when each partition was first assigned;
  // so it is where nothing is held.
  bool AtEnd() const;
  std::vector<TopicPartition> All() const;
  std::optional<std::int64_t> GenerationOf(const TopicPartition& partition) const;

  // The positions that have moved since they were last taken; they count as taken.
  std::vector<Progress> TakeProgress();
  // A commit of `progress` has failed: it is to be taken again, unless something newer is.
  void PutBack(const Progress& progress);
  // A commit of `progress` is on disk.
  void SetCommitted(const Progress& progress);
  bool IsCommitted(const Progress& progress) const;
  // Whether something has come that is not committed.
  bool HasUncommitted() const { return uncommitted_ > 0; }

 private:
  struct Held {
    std::int64_t generation = 0;
    Offset position = 0;  // behind what was handed out
    Offset arrived = 0;   // behind what has come
    Offset committed = 0;
    Offset stable = 0;
    bool moved = false;  // since TakeProgress
    bool paused = false;
    bool retired = false;
    bool expects_move = false;
    std::deque<WaitingBatch> waiting;
  };

  // It is committed up to here, and has come up to there; counted if there is something in between.
  void MoveEnds(Held& held, Offset committed, Offset arrived);
  void Uncount(const Held& held);
  void Drop(Held& held);
  // What waits under a pause must not use up the credit of the others.
  void ReturnCredit(Held& held);
  static bool CanHandOut(const Held& held);

  std::map<TopicPartition, Held> partitions_;
  std::size_t uncommitted_ = 0;  // of them: more has come than is committed
  // What was visible when the partition was assigned for the first time; kept when it is removed.
  std::map<TopicPartition, Offset> first_ends_;
  TopicPartition served_last_;
  Credit dropped_;
};

}  // namespace strata
