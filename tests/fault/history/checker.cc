#include "tests/fault/history/checker.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "tests/fault/history/forward_check.h"
#include "tests/fault/history/partition_check.h"
#include "tests/fault/history/register_check.h"

namespace strata::testing {

namespace {

class Checker {
 public:
  std::vector<Violation> Check(const std::vector<Event>& events) {
    for (at_ = 0; at_ < events.size(); ++at_) {
      time_ = events[at_].time;
      std::visit([this](const auto& event) { On(event); }, events[at_].body);
    }
    for (auto& [name, partition] : partitions_) partition->End(time_);
    return std::move(violations_);
  }

 private:
  using CursorName = std::pair<std::string, std::string>;  // group, partition

  void On(const AppendInvoked& event) {
    partition_of_[event.call] = event.partition;
    Partition(event.partition).On(event);
  }
  void On(const AppendReturned& event) {
    if (const auto found = partition_of_.find(event.call); found != partition_of_.end()) {
      Partition(found->second).On(event, time_);
    }
  }
  void On(const Fenced& event) {
    std::int32_t& epoch = fences_[event.producer];
    epoch = std::max(epoch, event.epoch);
  }
  void On(const ReadReturned& event) { Partition(event.partition).On(event); }
  void On(const ReadFailed& event) { Partition(event.partition).On(event); }
  void On(const CompleteRead& event) { Partition(event.partition).On(event); }
  void On(const TrimInvoked& event) { Partition(event.partition).On(event); }
  void On(const LogStartSeen& event) { Partition(event.partition).On(event); }
  void On(const CleanupAllowed& event) { Partition(event.partition).On(event); }
  void On(const Healed& event) { Partition(event.partition).On(event, time_); }

  void On(const DiskFailed& event) {
    if (!event.partition) {
      truth_stopped_ = true;
    } else {
      Partition(*event.partition).On(event);
    }
  }
  void On(const Reopened& event) { Partition(event.partition).On(event); }

  void On(const CommitInvoked& event) {
    const CursorName name{event.group, event.partition};
    if (event.forward_only) {
      forward_cursors_[name].Invoked(event.call, event.offset);
    } else {
      cursors_[name].Invoked(event.call, event.offset, at_);
    }
    commits_[event.call] = {name, truth_stopped_};
  }
  void On(const CommitReturned& event) {
    const auto commit = commits_.find(event.call);
    if (commit == commits_.end()) return;
    const auto& [name, after_stop] = commit->second;
    if (event.outcome == Outcome::kOk && after_stop) {
      Report("I8", "group " + name.first + ": commit " + std::to_string(event.call) +
                       " was acked though the disk had failed before it began");
    }
    truth_stopped_ |= event.stopped;
    cursors_[name].Returned(event.call, event.outcome, at_);
    if (const auto forward = forward_cursors_.find(name); forward != forward_cursors_.end()) {
      forward->second.Returned(event.call, event.outcome);
    }
  }
  void On(const Resumed& event) {
    const Offset committed =
        forward_cursors_[{event.group, event.partition}].WrittenUpTo(event.offset);
    if (Partition(event.partition).MayBeEmpty(committed, event.offset)) return;
    Report("I6", "group " + event.group + ", partition " + event.partition +
                     ": a member begins at " + std::to_string(event.offset) +
                     ", which nobody has committed");
  }
  bool MayRead(const CursorRead& event) {
    const CursorName name{event.group, event.partition};
    const auto forward = forward_cursors_.find(name);
    if (forward != forward_cursors_.end()) return forward->second.MayRead(event.offset);
    return cursors_[name].MayRead(event.offset, at_);
  }
  void On(const CursorRead& event) {
    const std::string name = "group " + event.group + ", partition " + event.partition;
    if (!MayRead(event)) {
      Report("I6", name + ": the cursor is at " +
                       (event.offset ? std::to_string(*event.offset) : "none") +
                       ", which is not what was committed last");
    }
    const std::optional<Offset> end = Partition(event.partition).log_end();
    if (event.offset && end && *event.offset > *end) {
      Report("I6", name + ": the cursor is at " + std::to_string(*event.offset) +
                       ", beyond the log end " + std::to_string(*end));
    }
  }

  void On(const PutInvoked& event) {
    keys_[event.key].Invoked(event.call, event.value, at_);
    puts_[event.call] = {event.key, truth_stopped_};
  }
  void On(const PutReturned& event) {
    const auto put = puts_.find(event.call);
    if (put == puts_.end()) return;
    const auto& [key, after_stop] = put->second;
    if (event.outcome == Outcome::kOk && after_stop) {
      Report("I8", "key " + key + ": put " + std::to_string(event.call) +
                       " was acked though the disk had failed before it began");
    }
    keys_[key].Returned(event.call, event.outcome, at_);
  }
  void On(const Got& event) {
    if (keys_[event.key].MayRead(event.value, at_)) return;
    Report("I6", "key " + event.key + " has the value '" + event.value.value_or("(none)") +
                     "', which is not what was put last");
  }

  void On(const Restarted& event) {
    truth_stopped_ = false;
    for (auto& [name, partition] : partitions_) partition->On(event);
    for (auto& [name, cursor] : cursors_) cursor.Restarted(at_);
    for (auto& [name, key] : keys_) key.Restarted(at_);
  }

  PartitionCheck& Partition(const std::string& name) {
    auto& partition = partitions_[name];
    if (!partition) {
      partition = std::make_unique<PartitionCheck>(
          fences_, [this, name](const char* invariant, const std::string& what) {
            Report(invariant, "partition " + name + ": " + what);
          });
    }
    return *partition;
  }

  void Report(const char* invariant, const std::string& what) {
    violations_.push_back({invariant, what + " (event " + std::to_string(at_) + ")"});
  }

  std::size_t at_ = 0;
  std::chrono::milliseconds time_{0};
  std::vector<Violation> violations_;
  Fences fences_;
  std::map<std::string, std::unique_ptr<PartitionCheck>> partitions_;
  std::unordered_map<CallId, std::string> partition_of_;
  // Each with whether the disk had failed under the truth when it began.
  std::unordered_map<CallId, std::pair<CursorName, bool>> commits_;
  std::unordered_map<CallId, std::pair<std::string, bool>> puts_;
  bool truth_stopped_ = false;
  std::map<CursorName, RegisterCheck<Offset>> cursors_;
  std::map<CursorName, ForwardCheck> forward_cursors_;
  std::map<std::string, RegisterCheck<std::string>> keys_;
};

}  // namespace

std::vector<Violation> CheckHistory(const std::vector<Event>& events) {
  return Checker().Check(events);
}

std::string Describe(const std::vector<Violation>& violations) {
  std::string lines;
  for (const Violation& violation : violations) {
    lines += violation.invariant + ": " + violation.description + "\n";
  }
  return lines;
}

}  // namespace strata::testing
