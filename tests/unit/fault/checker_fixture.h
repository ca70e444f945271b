// A history made by hand, event by event, and what the checker finds in it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fault/history/checker.h"

namespace strata::testing {

inline const std::string kPartition = "orders/0";

class CheckerTest : public ::testing::Test {
 protected:
  void Add(EventBody body) { events_.push_back({std::move(body), time_}); }

  // An append that is acked.
  CallId Append(std::vector<PayloadId> payloads, Offset base_offset, bool durable = true) {
    const CallId call = Begin(std::move(payloads));
    Add(AppendReturned{call, Outcome::kOk, base_offset, durable});
    return call;
  }
  CallId Begin(std::vector<PayloadId> payloads, std::optional<ProducerStamp> stamp = {}) {
    Add(AppendInvoked{++call_, kPartition, std::move(payloads), stamp});
    return call_;
  }
  void Return(CallId call, Outcome outcome, bool stopped = false) {
    Add(AppendReturned{call, outcome, kNoOffset, true, stopped});
  }
  void Return(CallId call, Offset base_offset) {
    Add(AppendReturned{call, Outcome::kOk, base_offset});
  }
  void RefuseOutOfOrder(CallId call) {
    Add(AppendReturned{call, Outcome::kFailed, kNoOffset, true, false, /*out_of_order=*/true});
  }

  void Commit(Offset offset, Outcome outcome = Outcome::kOk) {
    Add(CommitInvoked{++call_, "g", kPartition, offset});
    Add(CommitReturned{call_, outcome});
  }

  void CommitForward(Offset offset, Outcome outcome = Outcome::kOk) {
    Add(CommitInvoked{++call_, "g", kPartition, offset, /*forward_only=*/true});
    Add(CommitReturned{call_, outcome});
  }

  // Everything from offset 0 on.
  void Find(const std::vector<PayloadId>& payloads) {
    Add(CompleteRead{kPartition, 0, static_cast<Offset>(payloads.size()), Records(0, payloads)});
  }
  void Restart(bool unflushed_lost = true) { Add(Restarted{unflushed_lost}); }

  static std::vector<SeenRecord> Records(Offset offset, const std::vector<PayloadId>& payloads) {
    std::vector<SeenRecord> records;
    for (const PayloadId payload : payloads) records.push_back({offset++, payload});
    return records;
  }

  // The invariants that are broken, in the order in which it shows.
  std::vector<std::string> Broken() const {
    std::vector<std::string> names;
    for (const Violation& violation : CheckHistory(events_)) names.push_back(violation.invariant);
    return names;
  }

  std::chrono::milliseconds time_{0};
  CallId call_ = 0;
  std::vector<Event> events_;
};

}  // namespace strata::testing
