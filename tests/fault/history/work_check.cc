#include "tests/fault/history/work_check.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace strata::testing {
namespace {

// A broken broker breaks its promises by the thousand.
constexpr int kMostOfEachKind = 10;
constexpr WorkTime kNever = WorkTime::max();

class Findings {
 public:
  void Add(const std::string& invariant, std::string description) {
    if (++counts_[invariant] > kMostOfEachKind) return;
    violations_.push_back({invariant, std::move(description)});
  }
  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  std::map<std::string, int> counts_;
  std::vector<Violation> violations_;
};

std::string Place(std::int32_t partition, Offset offset) {
  return "partition " + std::to_string(partition) + ", offset " + std::to_string(offset);
}

// What all members together have made of one partition.
class PartitionWork {
 public:
  void Add(const ProcessedRecord& record) {
    const auto at = static_cast<std::size_t>(record.offset);
    if (at >= first_.size()) first_.resize(at + 1, {kNever, kForeignPayload});
    if (record.at < first_[at].first) first_[at] = {record.at, record.payload};
    WorkTime& begun = generation_begins_.try_emplace(record.generation, kNever).first->second;
    begun = std::min(begun, record.at);
  }

  // After the last Add.
  void Finish() {
    WorkTime latest{0};
    for (const auto& [at, payload] : first_) {
      all_before_.push_back(latest);
      latest = std::max(latest, at);
    }
    all_before_.push_back(latest);
    WorkTime earliest = kNever;
    for (auto it = generation_begins_.rbegin(); it != generation_begins_.rend(); ++it) {
      it->second = earliest = std::min(earliest, it->second);
    }
  }

  // When everything below the offset had been processed at least once; kNever if it was not.
  WorkTime DoneBelow(Offset offset) const {
    if (offset <= 0) return WorkTime{0};
    const auto index = static_cast<std::size_t>(offset);
    return index < all_before_.size() ? all_before_[index] : kNever;
  }

  // When somebody was first at work under a generation that is newer.
  WorkTime NewerThan(std::int64_t generation) const {
    const auto newer = generation_begins_.upper_bound(generation);
    return newer == generation_begins_.end() ? kNever : newer->second;
  }

  PayloadId PayloadAt(Offset offset) const {
    const auto index = static_cast<std::size_t>(offset);
    return index < first_.size() ? first_[index].second : kForeignPayload;
  }

 private:
  std::vector<std::pair<WorkTime, PayloadId>> first_;  // by offset
  std::vector<WorkTime> all_before_;                   // by offset
  std::map<std::int64_t, WorkTime> generation_begins_;
};

using Partitions = std::map<std::int32_t, PartitionWork>;
// Of a partition and a generation: the member at work, and the offset that follows.
struct Run {
  std::size_t member = 0;
  Offset next = 0;
};
using Runs = std::map<std::pair<std::int32_t, std::int64_t>, Run>;

void CheckOrder(std::size_t member, const ProcessedRecord& record, const PartitionWork& partition,
                Runs* runs, Findings* findings) {
  const std::string place = Place(record.partition, record.offset) + " of generation " +
                            std::to_string(record.generation);
  const auto [found, begins] =
      runs->try_emplace({record.partition, record.generation}, Run{member, record.offset});
  Run& run = found->second;
  if (begins && partition.DoneBelow(record.offset) > record.at) {
    findings->Add("G2", "process " + std::to_string(member) + " begins with " + place +
                            ", and something below it had not been processed");
  }
  if (run.member != member) {
    findings->Add("G3", place + " was processed by process " + std::to_string(member) +
                            ", and others of that generation by process " +
                            std::to_string(run.member));
  } else if (record.offset != run.next) {
    findings->Add("G3", "process " + std::to_string(member) + " was given " + place +
                            ", and not offset " + std::to_string(run.next));
  }
  run = {member, record.offset + 1};
}

void CheckCommit(const CommitMade& commit, const PartitionWork& partition, Findings* findings) {
  if (commit.outcome != Outcome::kOk) return;
  const std::string place = Place(commit.partition, commit.offset);
  if (partition.DoneBelow(commit.offset) > commit.told) {
    findings->Add("G2", place + " was committed, and something below it had not been processed");
  }
  if (partition.NewerThan(commit.generation) < commit.begun) {
    findings->Add("G4", place + " was committed under generation " +
                            std::to_string(commit.generation) + ", which was over");
  }
}

void CheckEnd(const GroupWork& work, const Partitions& partitions, Findings* findings) {
  static const PartitionWork kNothing;
  const auto in = [&](std::int32_t number) -> const PartitionWork& {
    const auto found = partitions.find(number);
    return found == partitions.end() ? kNothing : found->second;
  };
  for (const AckedRecord& record : work.acked) {
    const PayloadId seen = in(record.partition).PayloadAt(record.offset);
    if (seen == record.payload) continue;
    findings->Add("G1", Place(record.partition, record.offset) + " was acked with payload " +
                            std::to_string(record.payload) +
                            (seen == kForeignPayload ? " and processed by nobody"
                                                     : " and processed with another"));
  }
  for (const auto& [number, offset] : work.committed) {
    if (in(number).DoneBelow(offset) != kNever) continue;
    findings->Add("G2", Place(number, offset) +
                            " is committed at the end, and something below it was processed by "
                            "nobody");
  }
}

}  // namespace

std::vector<Violation> CheckWork(const GroupWork& work) {
  Partitions partitions;
  for (const MemberWork& member : work.members) {
    for (const ProcessedRecord& record : member.processed) partitions[record.partition].Add(record);
  }
  for (auto& [number, partition] : partitions) partition.Finish();
  Findings findings;
  Runs runs;
  for (std::size_t i = 0; i < work.members.size(); ++i) {
    for (const ProcessedRecord& record : work.members[i].processed) {
      CheckOrder(i, record, partitions.at(record.partition), &runs, &findings);
    }
    for (const CommitMade& commit : work.members[i].commits) {
      CheckCommit(commit, partitions[commit.partition], &findings);
    }
  }
  CheckEnd(work, partitions, &findings);
  return findings.Take();
}

}  // namespace strata::testing
