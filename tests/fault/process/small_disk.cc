#include "tests/fault/process/small_disk.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace strata::fault {
namespace {

constexpr char kBallast[] = "ballast";

void Check(bool done, const std::string& what) {
  if (!done) throw std::runtime_error(what + ": " + std::strerror(errno));
}

void WriteLine(const std::string& path, const std::string& line) {
  std::ofstream file(path);
  file << line << std::flush;
  Check(file.good(), "write " + path);
}

// From here on, mounts are seen by this thread and the processes that it starts, and by nobody
// else.
void LeaveCommonMounts() {
  if (unshare(CLONE_NEWNS) != 0) {
    const std::string user = std::to_string(getuid());
    const std::string group = std::to_string(getgid());
    Check(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
    WriteLine("/proc/self/setgroups", "deny");
    WriteLine("/proc/self/uid_map", "0 " + user + " 1");
    WriteLine("/proc/self/gid_map", "0 " + group + " 1");
  }
  Check(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make mounts private");
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path directory, std::int64_t size_bytes)
    : directory_(std::move(directory)) {
  LeaveCommonMounts();
  const std::string options = "size=" + std::to_string(size_bytes);
  Check(mount("tmpfs", directory_.c_str(), "tmpfs", 0, options.c_str()) == 0, "mount a tmpfs");
}

SmallDisk::~SmallDisk() {
  umount2(directory_.c_str(), MNT_DETACH);
}

std::int64_t SmallDisk::free_bytes() const {
  return static_cast<std::int64_t>(std::filesystem::space(directory_).available);
}

void SmallDisk::FillUpTo(std::int64_t free_bytes) {
  const std::int64_t excess = this->free_bytes() - free_bytes;
  if (excess <= 0) return;
  const std::filesystem::path ballast = directory_ / kBallast;
  const int file = open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  Check(file >= 0, "open the ballast");
  const off_t end = lseek(file, 0, SEEK_END);
  const int error = posix_fallocate(file, end, excess);
  close(file);
  errno = error;
  // The broker may have taken the last of it meanwhile: then it is full, too.
  Check(error == 0 || error == ENOSPC, "take up space");
}

void SmallDisk::Free() {
  std::filesystem::remove(directory_ / kBallast);
}

}  // namespace strata::fault
