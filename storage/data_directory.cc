#include "storage/data_directory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/encoding/quote.h"

namespace strata::storage {

namespace {

constexpr char kFormatFile[] = "FORMAT";
constexpr char kUnfinishedFile[] = "FORMAT.new";
constexpr char kLockFile[] = "LOCK";
constexpr std::string_view kMagic = "strata ";

// What a directory that is not in use yet may hold: a lock that somebody took and gave back, and
// what mkfs puts at the top of a file system.
constexpr std::array<std::string_view, 3> kHarmless = {kLockFile, "lost+found", kUnfinishedFile};
// What else the making of one may have left behind.
constexpr std::array<std::string_view, 2> kUnfinishedParts = {"index", "meta"};

enum class State { kEmpty, kUnfinished, kComplete };

tl::unexpected<Error> Unusable(std::string message) {
  return Fail(ErrorCode::DATA_DIR_UNUSABLE, std::move(message));
}

// The same error, but told as what it means here. A full disk stays one.
tl::unexpected<Error> Unusable(const std::string& directory, Error error) {
  if (error.code != ErrorCode::IO_ERROR) return Fail(std::move(error));
  return Unusable("the data directory '" + directory + "' cannot be used: " + error.message);
}

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Nothing if this is no FORMAT file of any version.
std::optional<int> ParseFormat(std::string_view content) {
  if (!content.starts_with(kMagic) || !content.ends_with('\n')) return std::nullopt;
  content.remove_prefix(kMagic.size());
  content.remove_suffix(1);
  int version = 0;
  const auto [end, error] =
      std::from_chars(content.data(), content.data() + content.size(), version);
  if (error != std::errc() || end != content.data() + content.size() || version < 1) {
    return std::nullopt;
  }
  return version;
}

Result<std::string> ReadStart(FileSystem& file_system, const std::string& path) {
  STRATA_TRY_ASSIGN(const auto file, file_system.Open(path, FileSystem::OpenMode::kReadOnly));
  std::string content(64, '\0');
  STRATA_TRY_ASSIGN(const std::size_t size, file->Read(0, content.data(), content.size()));
  content.resize(size);
  return content;
}

// What to do with a directory that holds data of ours, and has lost what says so.
std::string RemedyForLostFormat(const std::string& directory) {
  return "; if it is a data directory whose file FORMAT was lost, make a new one of it: strata-log "
         "repair " +
         directory + " --to NEWDIR";
}

Result<State> Examine(FileSystem& file_system, const std::string& directory) {
  auto names = file_system.List(directory);
  if (!names) return Unusable(directory, std::move(names).error());
  const auto has = [&](std::string_view name) {
    return std::find(names->begin(), names->end(), name) != names->end();
  };
  const std::string remedy =
      has("meta") || has("topics") ? RemedyForLostFormat(directory) : std::string();
  if (has(kFormatFile)) {
    auto format = DataDirectory::CheckFormat(file_system, directory);
    if (format) return State::kComplete;
    Error error = std::move(format).error();
    if (error.code == ErrorCode::DATA_DIR_UNUSABLE) error.message += remedy;
    return Fail(std::move(error));
  }
  const bool unfinished = has(kUnfinishedFile);
  for (const std::string& name : *names) {
    if (Contains(kHarmless, name) || (unfinished && Contains(kUnfinishedParts, name))) continue;
    return Unusable("'" + directory + "' has no file FORMAT but holds " + Quote(name) +
                    ": it is not Strata's, and not empty" + remedy);
  }
  return unfinished ? State::kUnfinished : State::kEmpty;
}

}  // namespace

DataDirectory::DataDirectory(FileSystem& file_system, std::string path,
                             std::unique_ptr<FileLock> lock)
    : file_system_(&file_system), path_(std::move(path)), lock_(std::move(lock)) {}

Result<DataDirectory> DataDirectory::Open(FileSystem& file_system, const std::string& path) {
  if (path.empty()) return Unusable("the path of the data directory is empty");
  if (auto made = file_system.CreateDirectories(path); !made) {
    return Unusable(path, std::move(made).error());
  }
  // Once before anything is put there, and again when nobody else can change it.
  STRATA_TRY(Examine(file_system, path));
  auto lock = file_system.LockFile(path + "/" + kLockFile);
  if (!lock) return Unusable(path, std::move(lock).error());
  STRATA_TRY_ASSIGN(const State state, Examine(file_system, path));

  DataDirectory directory(file_system, path, std::move(*lock));
  if (state != State::kComplete) {
    if (auto begun = directory.BeginMaking(); !begun)
      return Unusable(path, std::move(begun).error());
  }
  return directory;
}

Result<void> DataDirectory::CheckFormat(FileSystem& file_system, const std::string& directory) {
  auto content = ReadStart(file_system, directory + "/" + kFormatFile);
  if (!content) return Unusable(directory, std::move(content).error());
  const auto version = ParseFormat(*content);
  if (!version) {
    return Unusable("the file FORMAT in '" + directory + "' is not Strata's: it says " +
                    Quote(*content));
  }
  if (*version > kFormatVersion) {
    return Fail(ErrorCode::DATA_DIR_NEWER_FORMAT,
                "'" + directory + "' has format " + std::to_string(*version) +
                    ", and this broker knows formats up to " + std::to_string(kFormatVersion));
  }
  return Ok();
}

Result<void> DataDirectory::BeginMaking() {
  fresh_ = true;
  for (const std::string_view part : kUnfinishedParts) {
    STRATA_TRY(file_system_->RemoveTree(PathOf(std::string(part))));
  }
  const std::string path = PathOf(kUnfinishedFile);
  STRATA_TRY(file_system_->RemoveFile(path));
  STRATA_TRY_ASSIGN(const auto file, file_system_->Open(path, FileSystem::OpenMode::kCreate));
  const std::string content = std::string(kMagic) + std::to_string(kFormatVersion) + "\n";
  const std::string_view view = content;
  STRATA_TRY(file->Write(0, std::span(&view, 1)));
  STRATA_TRY(file->Sync());
  return file_system_->SyncDirectory(path_);
}

Result<void> DataDirectory::FinishMaking() {
  STRATA_TRY(file_system_->Rename(PathOf(kUnfinishedFile), PathOf(kFormatFile)));
  STRATA_TRY(file_system_->SyncDirectory(path_));
  fresh_ = false;
  return Ok();
}

}  // namespace strata::storage
