#include "storage/io/process_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "storage/io/system_error.h"

namespace strata::storage {

namespace {

// " by process 123", or nothing if the file does not say so.
std::string HolderOf(const UniqueFd& fd) {
  std::array<char, 20> digits;
  const ssize_t count = pread(fd.get(), digits.data(), digits.size(), 0);
  std::string number(digits.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  number.resize(std::min(number.find_first_not_of("0123456789"), number.size()));
  return number.empty() ? "" : " by process " + number;
}

Result<void> WriteHolder(const UniqueFd& fd, const std::string& path) {
  const std::string number = std::to_string(getpid()) + "\n";
  if (ftruncate(fd.get(), 0) != 0 ||
      pwrite(fd.get(), number.data(), number.size(), 0) != static_cast<ssize_t>(number.size())) {
    return Fail(SystemError("write", path, errno));
  }
  return Ok();
}

Result<void> Lock(const UniqueFd& fd, int kind, const std::string& path) {
  if (!fd.valid()) return Fail(SystemError("open", path, errno));
  if (flock(fd.get(), kind | LOCK_NB) == 0) return Ok();
  if (errno != EWOULDBLOCK) return Fail(SystemError("lock", path, errno));
  return Fail(ErrorCode::DATA_DIR_IN_USE, "'" + std::filesystem::path(path).parent_path().string() +
                                              "' is in use" + HolderOf(fd));
}

}  // namespace

Result<std::unique_ptr<FileLock>> ProcessLock::Take(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  STRATA_TRY(Lock(fd, LOCK_EX, path));
  STRATA_TRY(WriteHolder(fd, path));
  return std::make_unique<ProcessLock>(std::move(fd));
}

Result<std::unique_ptr<FileLock>> ProcessLock::Share(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  STRATA_TRY(Lock(fd, LOCK_SH, path));
  return std::make_unique<ProcessLock>(std::move(fd));
}

}  // namespace strata::storage
