#include "storage/tool/repair/salvage.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "storage/io/system_error.h"
#include "storage/rocks/rocks_repair.h"

namespace strata::storage::tool {
namespace {

namespace fs = std::filesystem;

Result<void> CopyDirectory(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive, error);
  if (error) return Fail(SystemError("copy", from, error.value()));
  return Ok();
}

Result<Truth> LoadRepaired(const std::string& directory) {
  STRATA_TRY_ASSIGN(const auto damaged,
                    RepairTruth(directory, TruthFamilies(), directory + ".scratch"));
  RocksDbOptions options;
  options.directory = directory;
  options.kind = RocksDbOptions::Kind::kTruth;
  options.families = TruthFamilies();
  options.read_only = true;
  options.salvage = true;
  STRATA_TRY_ASSIGN(const auto database, RocksDb::Open(options));
  Truth truth = LoadTruth(*database);
  for (const DamagedLog& log : damaged) {
    truth.damage.push_back({Severity::kDamage, "meta/" + log.name,
                            "is damaged; the changes that were noted there are lost",
                            log.part.position, log.part.bytes});
  }
  return truth;
}

// A database that never was holds nothing, and can be opened all the same.
bool IsEmpty(const Truth& truth) {
  return !truth.run && truth.logs.empty() && truth.groups.empty() && truth.cursors.empty() &&
         truth.metadata.empty();
}

void Blame(Report* report, std::string what) {
  report->Add({Severity::kDamage, "meta", std::move(what)});
}

}  // namespace

Result<std::optional<Truth>> LoadOrSalvageTruth(const ExaminedDirectory& directory,
                                                const std::string& scratch, Report* report) {
  const auto database = directory.OpenTruth();
  if (database) return LoadTruth(**database);
  Blame(report, database.error().message);
  STRATA_TRY_ASSIGN(const bool exists, FileSystem::Real().Exists(directory.PathOf("meta")));
  std::optional<Truth> truth;
  if (exists) {
    STRATA_TRY(CopyDirectory(directory.PathOf("meta"), scratch));
    auto repaired = LoadRepaired(scratch);
    if (repaired && !IsEmpty(*repaired)) truth = std::move(*repaired);
    STRATA_TRY(FileSystem::Real().RemoveTree(scratch));
  }
  Blame(report, truth ? "salvaged what was left in its files: topics, groups and cursors may be "
                        "missing or older than they were"
                      : "nothing could be salvaged: the names and settings of topics, groups and "
                        "cursors are lost");
  return truth;
}

}  // namespace strata::storage::tool
