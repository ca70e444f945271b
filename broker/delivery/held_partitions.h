// The partitions that one member holds: how far each was delivered, whose turn is next, and whether
// the member has records that it has not finished with.
//
// A partition is served in its turn unless it is paused, stopped (being revoked, or damaged), or
// waits for its log to grow. What delivery reports is of a moment before: it counts only while the
// partition is held under the generation that it began with.
//
// Pure. Not thread-safe: whoever owns it guards it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/groups/member_sink.h"

namespace strata::broker {

class HeldPartitions {
 public:
  // Where delivery goes on.
  struct Place {
    PartitionId partition;
    TopicPtr topic;
    Generation generation = 0;
    Offset from = 0;
  };

  // The member holds it from now on; drop it before if it did already.
  void Add(const Assignment& assignment);

  // The member holds it no more. The ticket of its wait, which is to be cancelled, if it has one.
  // A partition that is not held, or not under the generation given, is ignored, here and below.
  std::optional<std::uint64_t> Drop(PartitionId partition);

  void SetPaused(PartitionId partition, bool paused);
  // It is being revoked.
  void Stop(PartitionId partition);
  // The member has finished with everything before `offset`.
  void Finished(PartitionId partition, Generation generation, Offset offset);

  // The log begins at `offset` now: delivery goes on there.
  void SkipTo(PartitionId partition, Generation generation, Offset offset);

  // The next one to be served, in turn; nothing if there is none.
  std::optional<Place> Next();

  // What came of it. Each of these is false, and changes nothing, if the partition is not held
  // under that generation any more.

  // Delivery goes on at `next`. `sent`: behind the last record that the member was sent, 0 if it
  // was sent none. Also false for one that was stopped meanwhile: nothing shall be sent.
  [[nodiscard]] bool Delivered(PartitionId partition, Generation generation, Offset next,
                               Offset sent);
  // It cannot be delivered any further: it is stopped, and nothing is expected of the member.
  [[nodiscard]] bool Abandon(PartitionId partition, Generation generation);
  // It waits for its log to grow: at first without a ticket...
  [[nodiscard]] bool BeginWait(PartitionId partition, Generation generation);
  // ...and then with one, if the wait is not over by then: also false if it is.
  [[nodiscard]] bool SetTicket(PartitionId partition, Generation generation, std::uint64_t ticket);
  // Its log has grown.
  [[nodiscard]] bool EndWait(PartitionId partition, Generation generation);

  // Whether the member was sent records that it has not finished with.
  bool AnyUnfinished() const { return !unfinished_.empty(); }
  // False if it is not held.
  bool IsStopped(PartitionId partition) const;
  // Null if it is not held.
  TopicPtr TopicOf(PartitionId partition) const;
  // Nothing if it is not held.
  std::optional<PartitionId> Find(const std::string& topic, std::int32_t partition) const;
  std::vector<PartitionId> All() const;

 private:
  struct Held {
    TopicPtr topic;
    Generation generation = 0;
    Offset next = 0;
    Offset sent = 0;  // behind the last record that it was sent
    Offset done = 0;  // what the member has finished with, as far as is known
    bool paused = false;
    bool stopped = false;
    bool waiting = false;      // for the log to grow beyond `next`
    std::uint64_t ticket = 0;  // of that wait
  };

  // Null if it is not held, or not under this generation.
  Held* Get(PartitionId partition);
  Held* Get(PartitionId partition, Generation generation);
  void UpdateReady(PartitionId partition, const Held& held);
  void UpdateUnfinished(PartitionId partition, const Held& held);

  std::map<PartitionId, Held> held_;
  // Of those held: not paused, stopped or waiting.
  std::set<PartitionId> ready_;
  // Of those held: records were delivered that the member has not finished with.
  std::set<PartitionId> unfinished_;
  // Of those held.
  std::map<std::pair<std::string, std::int32_t>, PartitionId> names_;
  PartitionId served_last_;
};

}  // namespace strata::broker
