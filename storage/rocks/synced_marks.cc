#include "storage/rocks/synced_marks.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "proto/batch/crc32c.h"
#include "storage/encoding/numbers.h"

namespace strata::storage {

namespace {

constexpr std::string_view kLogSuffix = ".log";
constexpr std::string_view kManifestPrefix = "MANIFEST-";
constexpr std::int64_t kMostBytes = 1 << 20;

std::string Encode(const SyncedMarks::Bytes& marks) {
  std::string body = PackNumbers(static_cast<std::uint16_t>(marks.size()));
  for (const auto& [number, bytes] : marks) body += PackNumbers(number, bytes);
  return PackNumbers(Crc32c(body)) + body;
}

SyncedMarks::Bytes Decode(std::string_view content) {
  ByteReader reader(content);
  std::uint32_t crc = 0;
  if (!reader.Fixed(&crc)) return {};
  const std::string_view covered = reader.rest();
  std::uint16_t count = 0;
  if (!reader.Fixed(&count)) return {};
  SyncedMarks::Bytes marks;
  for (; count > 0; --count) {
    std::uint64_t number = 0;
    std::int64_t bytes = 0;
    if (!reader.Fixed(&number) || !reader.Fixed(&bytes)) return {};
    marks[number] = bytes;
  }
  const std::size_t size = covered.size() - reader.rest().size();
  return crc == Crc32c(covered.substr(0, size)) ? marks : SyncedMarks::Bytes{};
}

// The marks are made durably before the database is.
Result<SyncedMarks::Bytes> MarksOfNew(FileSystem& file_system, const std::string& directory) {
  STRATA_TRY_ASSIGN(const bool is_old, file_system.Exists(directory + "/CURRENT"));
  if (!is_old) return SyncedMarks::Bytes{};
  return Fail(ErrorCode::CORRUPT_LOG,
              "'" + directory + "/" + kSyncedMarksFile +
                  "' is missing: it says how far the logs beside it are known to be on disk");
}

}  // namespace

std::optional<std::uint64_t> SyncedMarks::NumberOf(const std::string& path) {
  std::string_view digits = std::string_view(path).substr(path.rfind('/') + 1);
  if (digits.ends_with(kLogSuffix)) {
    digits.remove_suffix(kLogSuffix.size());
  } else if (digits.starts_with(kManifestPrefix)) {
    digits.remove_prefix(kManifestPrefix.size());
  } else {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

Result<SyncedMarks::Bytes> SyncedMarks::Load(FileSystem& file_system,
                                             const std::string& directory) {
  const std::string path = directory + "/" + kSyncedMarksFile;
  STRATA_TRY_ASSIGN(const bool exists, file_system.Exists(path));
  if (!exists) return MarksOfNew(file_system, directory);
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadOnly));
  STRATA_TRY_ASSIGN(const std::int64_t size, file->Size());
  std::string content(static_cast<std::size_t>(std::min(size, kMostBytes)), '\0');
  STRATA_TRY_ASSIGN(const std::size_t got, file->Read(0, content.data(), content.size()));
  content.resize(got);
  return Decode(content);
}

Result<std::unique_ptr<SyncedMarks>> SyncedMarks::Open(FileSystem& file_system,
                                                       const std::string& directory, Bytes marks) {
  const std::string path = directory + "/" + kSyncedMarksFile;
  STRATA_TRY_ASSIGN(const bool exists, file_system.Exists(path));
  const auto mode = exists ? FileSystem::OpenMode::kReadWrite : FileSystem::OpenMode::kCreate;
  STRATA_TRY_ASSIGN(auto file, file_system.Open(path, mode));
  auto opened = std::make_unique<SyncedMarks>(std::move(file), std::move(marks));
  MutexLock lock(opened->mutex_);
  STRATA_TRY(opened->Write());
  STRATA_TRY(opened->file_->Sync());
  STRATA_TRY(file_system.SyncDirectory(directory));
  return opened;
}

SyncedMarks::SyncedMarks(std::unique_ptr<File> file, Bytes marks)
    : file_(std::move(file)), marks_(std::move(marks)) {}

Result<void> SyncedMarks::Synced(std::uint64_t number, std::int64_t bytes) {
  MutexLock lock(mutex_);
  const auto mark = marks_.find(number);
  if (mark == marks_.end()) {
    std::int64_t& unnamed = unnamed_[number];
    unnamed = std::max(unnamed, bytes);
    return Ok();
  }
  if (mark->second >= bytes) return Ok();
  mark->second = bytes;
  return Write();
}

std::vector<std::uint64_t> SyncedMarks::unnamed() const {
  MutexLock lock(mutex_);
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, bytes] : unnamed_) numbers.push_back(number);
  return numbers;
}

Result<void> SyncedMarks::Named(const std::vector<std::uint64_t>& numbers) {
  MutexLock lock(mutex_);
  bool changed = false;
  for (const std::uint64_t number : numbers) {
    const auto mark = unnamed_.extract(number);
    changed |= !mark.empty();
    if (!mark.empty()) marks_[number] = mark.mapped();
  }
  return changed ? Write() : Ok();
}

Result<void> SyncedMarks::Forget(std::uint64_t number) {
  MutexLock lock(mutex_);
  unnamed_.erase(number);
  auto mark = marks_.extract(number);
  if (mark.empty()) return Ok();
  Result<void> forgotten = Write();
  if (forgotten) forgotten = file_->Sync();
  // Whoever tries again must not find it forgotten.
  if (!forgotten) marks_.insert(std::move(mark));
  return forgotten;
}

Result<void> SyncedMarks::Write() {
  const std::string content = Encode(marks_);
  const std::string_view view = content;
  return file_->Write(0, std::span(&view, 1));
}

}  // namespace strata::storage
