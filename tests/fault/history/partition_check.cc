#include "tests/fault/history/partition_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace strata::testing {

namespace {

std::string At(Offset offset) {
  return "offset " + std::to_string(offset);
}

std::string Name(PayloadId payload) {
  return payload == kForeignPayload ? "bytes that nobody sent"
                                    : "payload " + std::to_string(payload);
}

}  // namespace

PartitionCheck::PartitionCheck(const Fences& fences, Report report)
    : report_(std::move(report)),
      producers_(fences, [this](const std::string& what) { report_("I5", what); }),
      keys_([this](const std::string& what) { report_("I7", what); }) {}

void PartitionCheck::On(const AppendInvoked& event) {
  producers_.On(event);
  Append append{event.payloads, highest_acked_, stopped_};
  for (std::size_t i = 0; i < event.payloads.size(); ++i) {
    const auto [place, is_new] = sent_.try_emplace(event.payloads[i]);
    Sending& sending = place->second;
    if (is_new) sending.acked_before = highest_acked_;
    ++sending.calls;
    ++sending.under_way;
    sending.possible = true;
    keys_.Sent(event.payloads[i]);
    if (!event.stamp) continue;
    append.acked_before = sending.acked_before;
    sending.stamp = event.stamp;
    sending.stamp->sequence += static_cast<std::int32_t>(i);
  }
  appends_[event.call] = std::move(append);
}

void PartitionCheck::On(const AppendReturned& event, std::chrono::milliseconds time) {
  const auto found = appends_.find(event.call);
  if (found == appends_.end()) return;
  const Append append = std::move(found->second);
  appends_.erase(found);
  producers_.On(event, std::any_of(append.payloads.begin(), append.payloads.end(),
                                   [this](PayloadId payload) { return IsThere(payload); }));
  for (const PayloadId payload : append.payloads) {
    Sending& sending = sent_[payload];
    --sending.under_way;
    if (event.outcome != Outcome::kFailed || --sending.calls > 0) continue;
    sending.possible = false;
    keys_.Refused(payload);
  }
  if (event.outcome != Outcome::kOk) {
    stopped_ |= event.stopped;
    return;
  }
  if (append.after_stop) {
    report_("I8", "append " + std::to_string(event.call) + " was acked at " +
                      At(event.base_offset) + " though the disk had failed before it began");
  }
  if (event.base_offset <= append.acked_before) {
    report_("I3", "append " + std::to_string(event.call) + " lies at " + At(event.base_offset) +
                      ", not behind " + At(append.acked_before) + ", acked before it began");
  }
  if (healed_at_) {
    if (time - *healed_at_ > kTimeToHeal) report_("I9", "the first append succeeded too late");
    healed_at_.reset();
  }
  Offset offset = event.base_offset;
  for (const PayloadId payload : append.payloads) {
    Learn({offset++, payload}, event.durable, /*acked=*/true);
  }
  if (event.durable) highest_acked_ = std::max(highest_acked_, offset - 1);
}

void PartitionCheck::Learn(const SeenRecord& record, bool stable, bool acked) {
  const auto [place, is_new] =
      facts_.try_emplace(record.offset, Fact{record.payload, stable, acked});
  Fact& fact = place->second;
  if (is_new) {
    keys_.Found(record);
    places_[record.payload].push_back(record.offset);
    return;
  }
  if (fact.payload != record.payload) {
    report_(fact.acked && !acked ? "I1" : "I2", At(record.offset) + " is " + Name(record.payload) +
                                                    ", but it was " + Name(fact.payload));
    return;
  }
  fact.stable |= stable;
  fact.acked |= acked;
}

void PartitionCheck::CheckSent(const SeenRecord& record) {
  const auto sending = sent_.find(record.payload);
  if (record.payload == kForeignPayload || sending == sent_.end()) {
    report_("I4",
            At(record.offset) + " holds " + Name(record.payload) + ", which nobody sent there");
  } else if (!sending->second.possible) {
    report_("I4", At(record.offset) + " holds " + Name(record.payload) +
                      ", which was refused, or was not there after a restart");
  }
}

void PartitionCheck::CheckGap(Offset begin, Offset end) {
  if (begin == end || PassedOver(begin, end)) return;
  if (begin > end || !keys_.compaction()) {
    report_("I2", At(end) + " came where " + At(begin) + " was due");
    return;
  }
  for (auto fact = facts_.lower_bound(begin); fact != facts_.lower_bound(end); ++fact) {
    if (keys_.MayBeGone({fact->first, fact->second.payload})) continue;
    report_("I7", At(fact->first) + ", " + Name(fact->second.payload) +
                      ", was left out, though nothing supersedes it");
  }
}

bool PartitionCheck::MayBeEmpty(Offset begin, Offset end) const {
  if (begin == end || PassedOver(begin, end)) return true;
  return keys_.compaction() &&
         std::all_of(facts_.lower_bound(begin), facts_.lower_bound(end), [this](const auto& fact) {
           return keys_.MayBeGone({fact.first, fact.second.payload});
         });
}

void PartitionCheck::On(const ReadReturned& event) {
  std::optional<Offset> next = event.from;
  for (const SeenRecord& record : event.records) {
    CheckSent(record);
    keys_.Read(record);
    Learn(record, !event.unstable_from || record.offset < *event.unstable_from, /*acked=*/false);
    if (next) CheckGap(*next, record.offset);
    next = record.offset + 1;
  }
  if (next && event.next) CheckGap(*next, *event.next);
  const std::optional<Offset> end = event.next ? event.next : next;
  if (event.from && end == event.from) {
    report_("I2", "a read from " + At(*event.from) + " on, within the log, has come to nothing");
  }
}

void PartitionCheck::On(const ReadFailed& event) {
  if (event.explained) return;
  report_("I1", "a read from " + At(event.from) + " on has failed with " + event.error +
                    ", though nothing was wrong");
}

void PartitionCheck::CheckWhole(const CompleteRead& event) {
  if (keys_.compaction()) {
    // What is missing is for KeyCheck to judge.
    for (std::size_t i = 1; i < event.records.size(); ++i) {
      if (event.records[i].offset > event.records[i - 1].offset) continue;
      report_("I2", At(event.records[i].offset) + " follows " + At(event.records[i - 1].offset));
    }
    return;
  }
  std::vector<OffsetRange> without_records;
  std::merge(event.damage.begin(), event.damage.end(), event.passed_over.begin(),
             event.passed_over.end(), std::back_inserter(without_records),
             [](const OffsetRange& a, const OffsetRange& b) { return a.begin < b.begin; });
  Offset next = event.log_start;
  auto record = event.records.begin();
  auto range = without_records.begin();
  while (next < event.log_end) {
    while (record != event.records.end() && record->offset < next) ++record;
    while (range != without_records.end() && range->end <= next) ++range;
    if (record != event.records.end() && record->offset == next) {
      ++next;
    } else if (range != without_records.end() && range->begin <= next) {
      next = range->end;
    } else {
      report_("I2", At(next) + " could not be read, and nobody said that it is damaged");
      return;
    }
  }
}

bool PartitionCheck::PassedOver(Offset begin, Offset end) const {
  return std::any_of(passed_over_.begin(), passed_over_.end(), [&](const OffsetRange& range) {
    return range.begin <= begin && end <= range.end;
  });
}

void PartitionCheck::CheckPassedOver() const {
  if (passed_over_.empty()) return;
  // What is passed over was given to a record once, and none of them had two offsets.
  Offset given = 0;
  for (const auto& [payload, sending] : sent_) given += sending.calls;
  if (passed_over_.back().end > given) {
    report_("I2", "up to " + At(passed_over_.back().end) + " is passed over, but only " +
                      std::to_string(given) + " records may ever have been stored");
  }
  for (const OffsetRange& range : passed_over_) {
    for (auto fact = facts_.lower_bound(range.begin); fact != facts_.lower_bound(range.end);
         ++fact) {
      report_(fact->second.acked ? "I1" : "I3",
              At(fact->first) + ", " + Name(fact->second.payload) + ", was passed over");
    }
  }
}

void PartitionCheck::CheckLogStart(const CompleteRead& event) {
  Offset highest = trimmed_to_;
  if (least_kept_ != kNoOffset) highest = std::max(highest, event.log_end - least_kept_);
  if (event.log_start > highest) {
    report_("I1", "the log starts at " + At(event.log_start) +
                      ", though nobody asked for more than " + At(highest));
  }
  if (event.log_start < log_start_) {
    report_("I3", "the log starts at " + At(event.log_start) + " again, after " + At(log_start_));
  }
  log_start_ = std::max(log_start_, event.log_start);
}

void PartitionCheck::On(const CompleteRead& event) {
  CheckLogStart(event);
  CheckWhole(event);
  const bool is_new =
      std::any_of(event.passed_over.begin(), event.passed_over.end(),
                  [this](const OffsetRange& range) { return !PassedOver(range.begin, range.end); });
  if (is_new) producers_.SomethingIsPassedOver();
  passed_over_ = event.passed_over;
  CheckPassedOver();
  const auto damaged = [&](Offset offset) {
    return std::any_of(event.damage.begin(), event.damage.end(), [&](const OffsetRange& range) {
      return range.begin <= offset && offset < range.end;
    });
  };
  for (const auto& [offset, fact] : facts_) {
    if (offset < event.log_start || offset < event.log_end || damaged(offset)) continue;
    report_(fact.acked ? "I1" : "I3", At(offset) + ", " + Name(fact.payload) + ", which was " +
                                          (fact.acked ? "acked" : "read before") +
                                          ", is missing: the log ends at " + At(event.log_end));
  }
  for (const SeenRecord& record : event.records) {
    CheckSent(record);
    Learn(record, /*stable=*/true, /*acked=*/false);
  }
  keys_.Read(event);
  CheckPlaces();
  if (std::exchange(restarted_, false) && event.damage.empty()) ForgetUnfound();
  log_end_.reset();
  if (event.damage.empty()) log_end_ = event.log_end;
}

void PartitionCheck::ForgetUnfound() {
  for (auto& [payload, sending] : sent_) {
    if (sending.under_way > 0 || IsThere(payload)) continue;
    sending.possible = false;
    keys_.Refused(payload);
  }
}

void PartitionCheck::CheckPlaces() {
  std::map<std::uint64_t, ProducerStamp> latest;
  for (const auto& [offset, fact] : facts_) {
    const auto sending = sent_.find(fact.payload);
    if (sending == sent_.end()) continue;
    const std::optional<ProducerStamp>& stamp = sending->second.stamp;
    const std::size_t most =
        stamp ? 1 : static_cast<std::size_t>(std::max(sending->second.calls, 1));
    if (places_[fact.payload].size() > most) {
      report_("I5", Name(fact.payload) + " is stored " +
                        std::to_string(places_[fact.payload].size()) + " times, at " + At(offset) +
                        " among others");
      places_[fact.payload] = {offset};
    }
    if (stamp) CheckOrder({offset, fact.payload}, *stamp, &latest);
  }
}

void PartitionCheck::CheckOrder(const SeenRecord& record, const ProducerStamp& stamp,
                                std::map<std::uint64_t, ProducerStamp>* latest) {
  const auto [last, first] = latest->try_emplace(stamp.producer, stamp);
  if (std::pair(stamp.epoch, stamp.sequence) <
      std::pair(last->second.epoch, last->second.sequence)) {
    report_("I5", At(record.offset) + " has sequence " + std::to_string(stamp.sequence) +
                      " of producer " + std::to_string(stamp.producer) + " in epoch " +
                      std::to_string(stamp.epoch) + ", behind " +
                      std::to_string(last->second.sequence) + " in epoch " +
                      std::to_string(last->second.epoch));
  }
  last->second = stamp;
}

void PartitionCheck::On(const TrimInvoked& event) {
  trimmed_to_ = std::max(trimmed_to_, event.log_start);
}

void PartitionCheck::On(const LogStartSeen& event) {
  log_start_ = std::max(log_start_, event.log_start);
}

void PartitionCheck::On(const CleanupAllowed& event) {
  keys_.On(event);
  least_kept_ = event.least_kept;
}

void PartitionCheck::On(const Restarted& event) {
  stopped_ = false;
  restarted_ = true;
  for (auto& [call, append] : appends_) {
    append.after_stop = false;
    if (event.calls_go_on) continue;
    for (const PayloadId payload : append.payloads) --sent_[payload].under_way;
  }
  if (!event.calls_go_on) appends_.clear();
  if (event.unflushed_lost) LoseUnflushed();
}

void PartitionCheck::On(const Reopened&) {
  stopped_ = false;
  restarted_ = true;
  LoseUnflushed();
}

void PartitionCheck::LoseUnflushed() {
  for (auto fact = facts_.begin(); fact != facts_.end();) {
    if (fact->second.stable) {
      ++fact;
      continue;
    }
    std::erase(places_[fact->second.payload], fact->first);
    keys_.Lost({fact->first, fact->second.payload});
    fact = facts_.erase(fact);
  }
}

void PartitionCheck::On(const Healed&, std::chrono::milliseconds time) {
  if (!healed_at_) healed_at_ = time;
}

void PartitionCheck::End(std::chrono::milliseconds time) {
  if (healed_at_ && time - *healed_at_ > kTimeToHeal) {
    report_("I9", "no append has succeeded since it was healed");
  }
}

}  // namespace strata::testing
