// Judges what became of the batches that were sent to one partition with a producer's stamp, as far
// as answers show it: I5.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "tests/fault/history/history.h"

namespace strata::testing {

// The lowest epoch of each producer that is not refused everywhere.
using Fences = std::map<std::uint64_t, std::int32_t>;

class ProducerCheck {
 public:
  using Report = std::function<void(const std::string& what)>;

  // `fences` goes on changing, and outlives this object.
  ProducerCheck(const Fences& fences, Report report)
      : fences_(fences), report_(std::move(report)) {}

  void On(const AppendInvoked& event) {
    if (!event.stamp) return;
    Numbers& numbers = numbers_[{event.stamp->producer, event.stamp->epoch}];
    calls_[event.call] = {*event.stamp, EndOf(event), numbers, IsFenced(*event.stamp)};
    if (event.stamp->sequence <= numbers.sent) numbers.sent = std::max(numbers.sent, EndOf(event));
  }

  // `is_there`: something of what was to be appended was found in the log.
  void On(const AppendReturned& event, bool is_there) {
    const auto found = calls_.find(event.call);
    if (found == calls_.end()) return;
    const Call& call = found->second;
    const std::string name = "append " + std::to_string(event.call) + ", sequence " +
                             std::to_string(call.stamp.sequence) + " of producer " +
                             std::to_string(call.stamp.producer) + " in epoch " +
                             std::to_string(call.stamp.epoch) + ", ";
    const bool perhaps_lost = call.stamp.sequence == call.before.acked &&
                              call.stamp.sequence < call.before.perhaps_lost && !is_there;
    if (event.out_of_order && call.stamp.sequence <= call.before.acked && !perhaps_lost) {
      report_(name + "was refused as out of order, though all before it had been acked");
    }
    if (event.outcome != Outcome::kOk) return;
    if (call.fenced) report_(name + "was acked though the epoch had been fenced");
    if (call.stamp.sequence > call.before.sent) report_(name + "was acked behind a gap");
    std::int32_t& acked = numbers_[{call.stamp.producer, call.stamp.epoch}].acked;
    acked = std::max(acked, call.end);
  }

  // Offsets are passed over that were not before: a batch that lay there is lost, and those behind
  // it may still be there, if none of them had been acked.
  void SomethingIsPassedOver() {
    for (auto& [name, numbers] : numbers_) {
      if (numbers.acked < numbers.sent) numbers.perhaps_lost = numbers.sent;
    }
  }

 private:
  // Behind the last sequence number that was sent without a gap, or acked, in an epoch.
  struct Numbers {
    std::int32_t sent = 0;
    std::int32_t acked = 0;
    std::int32_t perhaps_lost = 0;
  };
  struct Call {
    ProducerStamp stamp;
    std::int32_t end = 0;
    Numbers before;  // as they were when it began
    bool fenced = false;
  };

  static std::int32_t EndOf(const AppendInvoked& event) {
    return event.stamp->sequence + static_cast<std::int32_t>(event.payloads.size());
  }

  bool IsFenced(const ProducerStamp& stamp) const {
    const auto fence = fences_.find(stamp.producer);
    return fence != fences_.end() && stamp.epoch < fence->second;
  }

  const Fences& fences_;
  const Report report_;
  std::map<std::pair<std::uint64_t, std::int32_t>, Numbers> numbers_;
  std::unordered_map<CallId, Call> calls_;
};

}  // namespace strata::testing
