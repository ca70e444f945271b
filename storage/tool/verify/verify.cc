#include "storage/tool/verify/verify.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/log/segment_name.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/file_tree.h"
#include "storage/tool/directory/named_records.h"
#include "storage/tool/directory/partition_index.h"
#include "storage/tool/directory/pending_swap.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/verify/index_check.h"
#include "storage/tool/verify/index_verifier.h"
#include "storage/tool/verify/log_check.h"
#include "storage/tool/verify/segment_verifier.h"
#include "storage/tool/walk/open_segment.h"

namespace strata::storage::tool {
namespace {

class DirectoryVerifier {
 public:
  DirectoryVerifier(const ExaminedDirectory& directory, const VerifyOptions& options)
      : directory_(directory), options_(options), index_(directory, &report_) {
    report_.examined = directory.path();
    report_.advice = fmt::format(
        "bring back what is named from a copy, or make a new directory of all that is intact: "
        "strata-log repair {} --to NEWDIR",
        directory.path());
  }

  Result<Report> Run();

 private:
  void OpenTruth();
  void VerifyTruth(const FileTree& tree);
  void VerifyFiles(const FileTree& tree);
  void VerifyLog(PartitionId partition, SegmentPaths paths);
  SegmentFacts VerifySegmentOf(const SegmentPlace& place, SegmentIndex index);
  std::uint32_t GenerationOf(const SegmentPlace& place) const;
  Result<SegmentFacts> ReadSegment(const SegmentPlace& place, SegmentIndex index);
  // Takes out the first segments if they lie wholly below the log start.
  void DropTrimmed(PartitionId partition, SegmentPaths* paths, PartitionIndex* index);

  const ExaminedDirectory& directory_;
  const VerifyOptions& options_;
  Report report_;
  std::optional<Truth> truth_;
  IndexVerifier index_;
  std::map<PartitionId, Offset> log_ends_;
};

Result<Report> DirectoryVerifier::Run() {
  if (!directory_.format()) {
    report_.Add({Severity::kDamage, "FORMAT", directory_.format().error().message});
  }
  OpenTruth();
  STRATA_TRY_ASSIGN(FileTree tree, ListFileTree(FileSystem::Real(), directory_.path()));
  if (truth_) STRATA_TRY(SettleSwaps(directory_.path(), &tree, &*truth_));
  VerifyTruth(tree);
  if (truth_) {
    for (const auto& [partition, state] : truth_->logs) tree.segments[partition];
  }
  VerifyFiles(tree);
  for (const auto& [partition, paths] : tree.segments) VerifyLog(partition, paths);
  index_.Finish();
  if (truth_) {
    for (Finding& finding : CheckCursors(*truth_, log_ends_)) report_.Add(std::move(finding));
  }
  return std::move(report_);
}

void DirectoryVerifier::OpenTruth() {
  if (const auto database = directory_.OpenTruth()) {
    truth_ = LoadTruth(**database);
  } else {
    report_.Add({Severity::kDamage, "meta", database.error().message});
  }
}

void DirectoryVerifier::VerifyTruth(const FileTree& tree) {
  if (!truth_) return;
  report_.topic_names = TopicNames(truth_->metadata);
  const bool complete = truth_->damage.empty() && !report_.topic_names.empty();
  std::set<TopicId> nameless;
  for (const auto& [partition, paths] : tree.segments) {
    if (report_.topic_names.contains(partition.topic)) continue;
    if (!nameless.insert(partition.topic).second) continue;
    report_.Add({complete ? Severity::kStray : Severity::kDamage,
                 TopicDirectory("", partition.topic).substr(1),
                 "the record of its topic is missing, so no broker will show it"});
  }
  for (Finding& finding : truth_->damage) report_.Add(std::move(finding));
  report_.counts.metadata_entries = static_cast<std::int64_t>(truth_->metadata.size());
  report_.counts.groups = static_cast<std::int64_t>(truth_->groups.size());
  report_.counts.cursors = static_cast<std::int64_t>(truth_->cursors.size());
}

void DirectoryVerifier::VerifyFiles(const FileTree& tree) {
  for (const std::string& path : tree.set_aside) {
    report_.Add(
        {Severity::kStray, path,
         "set aside by an earlier recovery; strata-log segment shows what is intact in it, and if "
         "nothing of that is missed it may be deleted"});
  }
  for (const std::string& path : tree.unfinished) {
    report_.Add(
        {Severity::kStray, path,
         "left by a compaction that was interrupted; the next start finishes or undoes it"});
  }
  for (const std::string& path : tree.strays) {
    report_.Add({Severity::kStray, path, "is nothing that Strata reads"});
  }
}

void DirectoryVerifier::VerifyLog(PartitionId partition, SegmentPaths paths) {
  ++report_.counts.partitions;
  PartitionIndex index = index_.Take(partition);
  DropTrimmed(partition, &paths, &index);
  std::vector<SegmentFacts> segments;
  for (auto path = paths.begin(); path != paths.end(); ++path) {
    const auto next = std::next(path);
    const OffsetRange offsets{
        path->first, next == paths.end() ? std::numeric_limits<Offset>::max() : next->first};
    auto entries = index.segments.extract(path->first);
    const SegmentPlace place{path->second, partition, offsets};
    segments.push_back(
        VerifySegmentOf(place, entries ? std::move(entries.mapped()) : SegmentIndex()));
  }
  index_.BlameOrphans(partition, index);
  const LoadedState* const state = StateOf(truth_, partition);
  for (Finding& finding : CheckLog(partition, state, segments)) report_.Add(std::move(finding));
  // What was stable may be lost, but cursors beyond it are right.
  Offset log_end = segments.empty() ? 0 : segments.back().next_offset;
  if (state != nullptr) log_end = std::max({log_end, state->log_start, state->stable});
  log_ends_[partition] = log_end;
}

// What cannot be read counts as empty, and what it should have held is missed then.
SegmentFacts DirectoryVerifier::VerifySegmentOf(const SegmentPlace& place, SegmentIndex index) {
  const auto facts = ReadSegment(place, std::move(index));
  if (facts) return *facts;
  report_.Add({Severity::kDamage, place.where, facts.error().message});
  return {
      .where = place.where, .base_offset = place.offsets.first, .next_offset = place.offsets.first};
}

// How often the file was rewritten, as far as that is noted.
std::uint32_t DirectoryVerifier::GenerationOf(const SegmentPlace& place) const {
  const LoadedState* const state = StateOf(truth_, *place.partition);
  if (state == nullptr) return 0;
  const auto note = state->sealed.find(place.offsets.first);
  return note == state->sealed.end() ? 0 : note->second.generation;
}

Result<SegmentFacts> DirectoryVerifier::ReadSegment(const SegmentPlace& place, SegmentIndex index) {
  STRATA_TRY_ASSIGN(const auto file, FileSystem::Real().Open(directory_.PathOf(place.where),
                                                             FileSystem::OpenMode::kReadOnly));
  IndexCheck check(std::move(index), GenerationOf(place));
  STRATA_TRY_ASSIGN(SegmentFacts facts, VerifyBatches(*file, place, options_, &check, &report_));
  for (IndexProblem& problem : check.Finish(facts.end_position)) {
    const bool harmless = problem.stale || !facts.whole();
    report_.Add({harmless ? Severity::kHint : Severity::kDamage, "index, " + place.where,
                 std::move(problem.what)});
  }
  return facts;
}

void DirectoryVerifier::DropTrimmed(PartitionId partition, SegmentPaths* paths,
                                    PartitionIndex* index) {
  const LoadedState* const state = StateOf(truth_, partition);
  while (state != nullptr && paths->size() > 1 &&
         std::next(paths->begin())->first <= state->log_start) {
    report_.Add({Severity::kStray, paths->begin()->second,
                 "lies below the log start; the broker will delete it when it starts"});
    index->segments.erase(paths->begin()->first);
    paths->erase(paths->begin());
  }
}

}  // namespace

Result<Report> VerifySegment(const std::string& path, const VerifyOptions& options) {
  STRATA_TRY_ASSIGN(const OpenedSegment segment, OpenSegment(path));
  Report report;
  report.examined = path;
  report.advice = "bring it back from a copy, or repair the data directory that it belongs to";
  const SegmentPlace place{std::filesystem::path(path).filename().string(), std::nullopt,
                           segment.offsets};
  IndexCheck no_index({}, 0);
  STRATA_TRY_ASSIGN(const SegmentFacts facts,
                    VerifyBatches(*segment.file, place, options, &no_index, &report));
  for (Finding& finding : CheckLog({}, nullptr, {facts})) {
    finding.where = place.where;
    finding.partition.reset();
    report.Add(std::move(finding));
  }
  return report;
}

Result<Report> VerifyDirectory(const std::string& path, const VerifyOptions& options) {
  STRATA_TRY_ASSIGN(const ExaminedDirectory directory, ExaminedDirectory::Open(path));
  return DirectoryVerifier(directory, options).Run();
}

}  // namespace strata::storage::tool
