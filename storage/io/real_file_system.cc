#include "storage/io/real_file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "storage/io/process_lock.h"
#include "storage/io/real_file.h"
#include "storage/io/system_error.h"

namespace strata::storage {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

int OpenFlags(FileSystem::OpenMode mode) {
  switch (mode) {
    case FileSystem::OpenMode::kReadOnly:
      return O_RDONLY | O_CLOEXEC;
    case FileSystem::OpenMode::kReadWrite:
      return O_RDWR | O_CLOEXEC;
    case FileSystem::OpenMode::kCreate:
      break;
  }
  return O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
}

Result<UniqueFd> OpenDirectory(const std::string& directory) {
  UniqueFd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return Fail(SystemError("open directory", directory, errno));
  return fd;
}

std::string ParentOf(const std::string& directory) {
  const fs::path parent = fs::path(directory).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

FileSystem& FileSystem::Real() {
  static auto* const instance = new RealFileSystem;
  return *instance;
}

Result<std::uint64_t> RealFileSystem::DeviceOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return Fail(SystemError("examine", path, errno));
  return status.st_dev;
}

Result<std::unique_ptr<File>> RealFileSystem::Open(const std::string& path, OpenMode mode) {
  UniqueFd fd(open(path.c_str(), OpenFlags(mode), kFileMode));
  if (!fd.valid()) {
    return Fail(SystemError(mode == OpenMode::kCreate ? "create" : "open", path, errno));
  }
  return std::make_unique<RealFile>(std::move(fd), path);
}

Result<int> RealFileSystem::DescriptorFor(const std::string& directory) {
  STRATA_TRY_ASSIGN(UniqueFd fd, OpenDirectory(directory));
  struct stat status;
  if (fstat(fd.get(), &status) != 0) return Fail(SystemError("examine", directory, errno));
  MutexLock lock(descriptors_mutex_);
  return descriptors_.try_emplace(status.st_dev, std::move(fd)).first->second.get();
}

Result<void> RealFileSystem::SyncAll(const std::string& directory) {
  STRATA_TRY_ASSIGN(const int fd, DescriptorFor(directory));
  if (syncfs(fd) != 0) return Fail(SystemError("sync the file system of", directory, errno));
  return Ok();
}

Result<void> RealFileSystem::SyncDirectory(const std::string& directory) {
  STRATA_TRY_ASSIGN(const UniqueFd fd, OpenDirectory(directory));
  if (fsync(fd.get()) != 0) return Fail(SystemError("sync directory", directory, errno));
  return Ok();
}

Result<void> RealFileSystem::CreateDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), kDirectoryMode) == 0) return Ok();
  if (errno != EEXIST) return Fail(SystemError("make directory", directory, errno));
  std::error_code error;
  if (fs::is_directory(directory, error)) return Ok();
  const bool is_link = fs::is_symlink(directory, error);
  return Fail(ErrorCode::IO_ERROR, "'" + directory + "' is no directory but " +
                                       (is_link ? "a link that leads to none" : "a file"));
}

Result<void> RealFileSystem::CreateDirectories(const std::string& directory) {
  MutexLock lock(creation_mutex_);
  std::vector<std::string> missing;  // innermost first
  std::string candidate = directory;
  while (candidate.size() > 1 && candidate.back() == '/') candidate.pop_back();
  std::error_code error;
  while (!fs::is_directory(candidate, error)) {
    missing.push_back(candidate);
    const std::string parent = ParentOf(candidate);
    if (parent == candidate) break;
    candidate = parent;
  }
  for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
    STRATA_TRY(CreateDirectory(*next));
    STRATA_TRY(SyncDirectory(ParentOf(*next)));
  }
  return Ok();
}

Result<std::vector<std::string>> RealFileSystem::List(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  while (!error && entry != fs::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  if (error) return Fail(SystemError("list directory", directory, error.value()));
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> RealFileSystem::Exists(const std::string& path) {
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (error) return Fail(SystemError("examine", path, error.value()));
  return exists;
}

Result<void> RealFileSystem::Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return Fail(SystemError("rename", from, errno));
  return Ok();
}

Result<void> RealFileSystem::RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Fail(SystemError("remove", path, errno));
  return Ok();
}

Result<void> RealFileSystem::RemoveTree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return Fail(SystemError("remove", path, error.value()));
  return Ok();
}

Result<std::unique_ptr<FileLock>> RealFileSystem::LockFile(const std::string& path) {
  return ProcessLock::Take(path);
}

Result<std::int64_t> RealFileSystem::FreeBytes(const std::string& path) {
  struct statvfs status;
  if (statvfs(path.c_str(), &status) != 0) {
    return Fail(SystemError("find the free space of", path, errno));
  }
  const auto bytes = static_cast<unsigned __int128>(status.f_bavail) * status.f_frsize;
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return bytes > static_cast<unsigned __int128>(kMost) ? kMost : static_cast<std::int64_t>(bytes);
}

}  // namespace strata::storage
