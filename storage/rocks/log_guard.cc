#include "storage/rocks/log_guard.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "storage/io/torn_tail.h"
#include "storage/rocks/record_log.h"

namespace strata::storage {

namespace {

constexpr std::string_view kWriteAheadLogSuffix = ".log";

struct RecordLog {
  std::string path;
  std::uint64_t number = 0;
  std::int64_t size = 0;
  std::int64_t whole = 0;  // up to here
};

Result<std::vector<RecordLog>> Examine(FileSystem& file_system, const std::string& directory) {
  std::vector<RecordLog> logs;
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory));
  for (const std::string& name : names) {
    const auto number = SyncedMarks::NumberOf(name);
    if (!number) continue;
    RecordLog log{directory + "/" + name, *number};
    STRATA_TRY_ASSIGN(const auto file, file_system.Open(log.path, FileSystem::OpenMode::kReadOnly));
    STRATA_TRY_ASSIGN(log.size, file->Size());
    STRATA_TRY_ASSIGN(log.whole, EndOfWholeRecords(*file));
    logs.push_back(std::move(log));
  }
  return logs;
}

Result<void> CheckMarks(const std::string& directory, const std::vector<RecordLog>& logs,
                        SyncedMarks::Bytes marks) {
  for (const RecordLog& log : logs) {
    const auto mark = marks.extract(log.number);
    if (mark.empty() || log.whole >= mark.mapped()) continue;
    return Fail(ErrorCode::CORRUPT_LOG, "'" + log.path + "' is damaged at or behind position " +
                                            std::to_string(log.whole) + ", but was on disk up to " +
                                            std::to_string(mark.mapped()));
  }
  if (marks.empty()) return Ok();
  return Fail(ErrorCode::CORRUPT_LOG, "'" + directory + "' lacks the log with the number " +
                                          std::to_string(marks.begin()->first));
}

// A failed write may have been synced, and marked, and still be one that was refused.
Result<void> LowerMark(FileSystem& file_system, const std::string& directory, std::uint64_t number,
                       std::int64_t bytes) {
  STRATA_TRY_ASSIGN(auto marks, SyncedMarks::Load(file_system, directory));
  const auto mark = marks.find(number);
  if (mark == marks.end() || mark->second <= bytes) return Ok();
  mark->second = bytes;
  STRATA_TRY(SyncedMarks::Open(file_system, directory, std::move(marks)));
  return Ok();
}

Result<std::optional<std::int64_t>> FindWritesAfter(FileSystem& file_system,
                                                    const std::string& path,
                                                    std::uint64_t sequence) {
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadOnly));
  return BeginOfWritesAfter(*file, sequence);
}

}  // namespace

Result<void> CutWritesAfter(FileSystem& file_system, const std::string& directory,
                            std::uint64_t sequence) {
  STRATA_TRY_ASSIGN(const auto names, file_system.List(directory));
  for (const std::string& name : names) {
    const auto number = SyncedMarks::NumberOf(name);
    if (!number || !name.ends_with(kWriteAheadLogSuffix)) continue;
    const std::string path = directory + "/" + name;
    STRATA_TRY_ASSIGN(const auto begin, FindWritesAfter(file_system, path, sequence));
    if (!begin) continue;
    STRATA_TRY(LowerMark(file_system, directory, *number, *begin));
    STRATA_TRY_ASSIGN(const std::string aside, CutTornTail(file_system, path, *begin));
    spdlog::warn("{}: cut a write that had failed off at {}; its bytes are in {}", path, *begin,
                 aside);
  }
  return Ok();
}

Result<void> CheckRecordLogs(FileSystem& file_system, const std::string& directory) {
  STRATA_TRY_ASSIGN(auto marks, SyncedMarks::Load(file_system, directory));
  STRATA_TRY_ASSIGN(const auto logs, Examine(file_system, directory));
  return CheckMarks(directory, logs, std::move(marks));
}

Result<SyncedMarks::Bytes> RepairRecordLogs(FileSystem& file_system, const std::string& directory) {
  STRATA_TRY_ASSIGN(auto marks, SyncedMarks::Load(file_system, directory));
  STRATA_TRY_ASSIGN(const auto logs, Examine(file_system, directory));
  STRATA_TRY(CheckMarks(directory, logs, marks));
  for (const RecordLog& log : logs) {
    if (log.whole == log.size) continue;
    STRATA_TRY_ASSIGN(const std::string aside, CutTornTail(file_system, log.path, log.whole));
    spdlog::warn("{}: cut a torn tail off at {}; its bytes are in {}", log.path, log.whole, aside);
  }
  return marks;
}

}  // namespace strata::storage
