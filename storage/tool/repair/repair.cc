#include "storage/tool/repair/repair.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/data_directory.h"
#include "storage/encoding/quote.h"
#include "storage/io/file_system.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/file_tree.h"
#include "storage/tool/directory/named_records.h"
#include "storage/tool/directory/pending_swap.h"
#include "storage/tool/repair/log_copier.h"
#include "storage/tool/repair/metadata_fit.h"
#include "storage/tool/repair/salvage.h"
#include "storage/tool/repair/truth_copier.h"

namespace strata::storage::tool {
namespace {

Result<void> CheckUnused(const std::string& path) {
  STRATA_TRY_ASSIGN(const bool exists, FileSystem::Real().Exists(path));
  if (!exists) return Ok();
  const auto names = FileSystem::Real().List(path);
  if (!names) return Fail(ErrorCode::DATA_DIR_UNUSABLE, names.error().message);
  for (const std::string& name : *names) {
    if (name == "lost+found") continue;
    return Fail(ErrorCode::DATA_DIR_UNUSABLE, "'" + path +
                                                  "' is to become the repaired directory "
                                                  "and is not empty: it holds " +
                                                  Quote(name));
  }
  return Ok();
}

Result<std::unique_ptr<RocksDb>> CreateTruth(const DataDirectory& directory) {
  RocksDbOptions options;
  options.directory = directory.PathOf("meta");
  options.kind = RocksDbOptions::Kind::kTruth;
  options.families = TruthFamilies();
  options.create = true;
  return RocksDb::Open(options);
}

class Repair {
 public:
  Repair(const ExaminedDirectory& from, DataDirectory& to, std::string to_path)
      : from_(from), to_(to), to_path_(std::move(to_path)) {
    report_.examined = from.path();
    report_.repaired_to = to_path_;
    report_.advice = fmt::format("keep '{}' until you need nothing more of it", from.path());
  }

  Result<Report> Run();

 private:
  Result<void> LoadTruth();
  void ReportLeftOut(const FileTree& tree);
  Result<void> WriteDatabase();

  const ExaminedDirectory& from_;
  DataDirectory& to_;
  const std::string to_path_;
  std::optional<Truth> truth_;
  std::map<PartitionId, CopiedLog> logs_;
  Report report_;
};

Result<Report> Repair::Run() {
  if (!from_.format()) {
    report_.Add({Severity::kDamage, "FORMAT", from_.format().error().message});
  }
  STRATA_TRY(LoadTruth());
  STRATA_TRY_ASSIGN(FileTree tree, ListFileTree(FileSystem::Real(), from_.path()));
  if (truth_) {
    STRATA_TRY(SettleSwaps(from_.path(), &tree, &*truth_));
    for (const auto& [partition, state] : truth_->logs) tree.segments[partition];
  }
  for (const auto& [partition, paths] : tree.segments) {
    STRATA_TRY_ASSIGN(logs_[partition], CopyLog(from_.path(), to_path_, partition, paths,
                                                StateOf(truth_, partition), &report_));
  }
  ReportLeftOut(tree);
  STRATA_TRY(WriteDatabase());
  STRATA_TRY(FileSystem::Real().SyncAll(to_path_));
  STRATA_TRY(to_.FinishMaking());
  return std::move(report_);
}

Result<void> Repair::LoadTruth() {
  STRATA_TRY_ASSIGN(truth_, LoadOrSalvageTruth(from_, to_.PathOf("meta"), &report_));
  if (!truth_) return Ok();
  for (Finding& finding : truth_->damage) report_.Add(std::move(finding));
  return Ok();
}

void Repair::ReportLeftOut(const FileTree& tree) {
  const auto leave_out = [this](const std::string& path) {
    report_.Add({Severity::kStray, path, "is not copied"});
  };
  for (const std::string& path : tree.set_aside) leave_out(path);
  for (const std::string& path : tree.unfinished) leave_out(path);
  for (const std::string& path : tree.strays) leave_out(path);
}

Result<void> Repair::WriteDatabase() {
  if (!truth_) truth_.emplace();
  FitMetadata(logs_, &*truth_, &report_);
  FitCursors(logs_, &*truth_, &report_);
  report_.topic_names = TopicNames(truth_->metadata);
  report_.counts.metadata_entries = static_cast<std::int64_t>(truth_->metadata.size());
  report_.counts.groups = static_cast<std::int64_t>(truth_->groups.size());
  report_.counts.cursors = static_cast<std::int64_t>(truth_->cursors.size());
  STRATA_TRY_ASSIGN(const auto database, CreateTruth(to_));
  return WriteTruth(*truth_, logs_, *database);
}

// Neither is the source changed, nor does the copy go with it when it is deleted.
Result<void> CheckOutside(const std::string& from, const std::string& to) {
  const auto source = std::filesystem::weakly_canonical(from);
  const auto target = std::filesystem::weakly_canonical(to);
  const auto end = std::mismatch(source.begin(), source.end(), target.begin(), target.end()).first;
  if (end != source.end()) return Ok();
  return Fail(ErrorCode::DATA_DIR_UNUSABLE,
              fmt::format("'{}' is within '{}': choose a directory outside of it", to, from));
}

}  // namespace

Result<Report> RepairDirectory(const std::string& from, const std::string& to) {
  STRATA_TRY_ASSIGN(const ExaminedDirectory source, ExaminedDirectory::Open(from));
  STRATA_TRY(CheckOutside(from, to));
  STRATA_TRY(CheckUnused(to));
  STRATA_TRY_ASSIGN(DataDirectory target, DataDirectory::Open(FileSystem::Real(), to));
  return Repair(source, target, to).Run();
}

}  // namespace strata::storage::tool
