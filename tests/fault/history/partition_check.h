// Judges what happened to one partition: I1 to I5 and I7 to I9.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/fault/history/history.h"
#include "tests/fault/history/key_check.h"
#include "tests/fault/history/producer_check.h"

namespace strata::testing {

// Appends must succeed again within this time of healing.
inline constexpr std::chrono::seconds kTimeToHeal{30};

class PartitionCheck {
 public:
  // Told of each breach: the invariant, and what is wrong.
  using Report = std::function<void(const char* invariant, const std::string& what)>;

  // `fences` goes on changing, and outlives this object.
  PartitionCheck(const Fences& fences, Report report);

  void On(const AppendInvoked& event);
  void On(const AppendReturned& event, std::chrono::milliseconds time);
  void On(const ReadReturned& event);
  void On(const ReadFailed& event);
  void On(const CompleteRead& event);
  void On(const TrimInvoked& event);
  void On(const LogStartSeen& event);
  void On(const CleanupAllowed& event);
  void On(const Restarted& event);
  void On(const DiskFailed&) { stopped_ = true; }
  void On(const Reopened& event);
  void On(const Healed& event, std::chrono::milliseconds time);
  // The history is over.
  void End(std::chrono::milliseconds time);

  // Whether there may be nothing to read from `begin` up to `end`.
  bool MayBeEmpty(Offset begin, Offset end) const;

  // As the last complete read has found it, if there was one and nothing was damaged.
  std::optional<Offset> log_end() const { return log_end_; }

 private:
  struct Append {
    std::vector<PayloadId> payloads;
    // The highest offset that had been acked when this was invoked; of a batch with a stamp, when
    // it was sent first.
    Offset acked_before = kNoOffset;
    bool after_stop = false;  // the partition had been stopped by then
  };
  struct Fact {
    PayloadId payload = kForeignPayload;
    bool stable = true;  // survives a loss of power
    bool acked = false;
  };
  struct Sending {
    int calls = 0;
    int under_way = 0;                // of these
    bool possible = false;            // some call may have had an effect
    Offset acked_before = kNoOffset;  // the highest one when it was sent first
    std::optional<ProducerStamp> stamp;
  };

  void Learn(const SeenRecord& record, bool stable, bool acked);
  void CheckSent(const SeenRecord& record);
  // Nothing between the offsets has come: where one was read on, or asked to begin.
  void CheckGap(Offset begin, Offset end);
  void CheckLogStart(const CompleteRead& event);
  // Everything from the log start to the log end was read, or said to be damaged.
  void CheckWhole(const CompleteRead& event);
  void CheckPlaces();
  void CheckOrder(const SeenRecord& record, const ProducerStamp& stamp,
                  std::map<std::uint64_t, ProducerStamp>* latest);
  // Whether batches without records stand for all that is between the offsets.
  bool PassedOver(Offset begin, Offset end) const;
  // Whether it was found anywhere in the log.
  bool IsThere(PayloadId payload) const { return places_.contains(payload); }
  void CheckPassedOver() const;
  // What a restart has not left there will not come any more.
  void ForgetUnfound();
  void LoseUnflushed();

  const Report report_;
  ProducerCheck producers_;
  KeyCheck keys_;
  std::unordered_map<CallId, Append> appends_;  // under way
  std::unordered_map<PayloadId, Sending> sent_;
  std::map<Offset, Fact> facts_;
  std::unordered_map<PayloadId, std::vector<Offset>> places_;
  Offset trimmed_to_ = 0;          // the log start may be up to here
  Offset log_start_ = 0;           // and is not below
  Offset least_kept_ = kNoOffset;  // see CleanupAllowed
  Offset highest_acked_ = kNoOffset;
  std::optional<Offset> log_end_;
  std::vector<OffsetRange> passed_over_;  // as the last complete read has found it
  bool stopped_ = false;
  bool restarted_ = false;  // since the last complete read
  std::optional<std::chrono::milliseconds> healed_at_;
};

}  // namespace strata::testing
