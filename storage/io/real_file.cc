#include "storage/io/real_file.h"

#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "storage/io/fragment_cursor.h"
#include "storage/io/system_error.h"

namespace strata::storage {

Result<void> RealFile::Write(std::int64_t position, std::span<const std::string_view> fragments) {
  std::array<iovec, IOV_MAX> pieces;
  FragmentCursor cursor(fragments);
  while (!cursor.done()) {
    const std::size_t used = cursor.Fill(pieces);
    const ssize_t written = pwritev(fd_.get(), pieces.data(), static_cast<int>(used), position);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Fail(SystemError("write", path_, written < 0 ? errno : EIO));
    cursor.Advance(static_cast<std::size_t>(written));
    position += written;
  }
  return Ok();
}

Result<std::size_t> RealFile::Read(std::int64_t position, char* out, std::size_t count) const {
  std::size_t total = 0;
  while (total < count) {
    const ssize_t got =
        pread(fd_.get(), out + total, count - total, position + static_cast<std::int64_t>(total));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(SystemError("read", path_, errno));
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  return total;
}

Result<void> RealFile::Allocate(std::int64_t size) {
  int failed;
  do {
    failed = fallocate(fd_.get(), 0, 0, size);
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return Ok();
  if (errno != EOPNOTSUPP) return Fail(SystemError("reserve space for", path_, errno));
  // The file system cannot reserve: be content with the length.
  STRATA_TRY_ASSIGN(const std::int64_t current, Size());
  return current < size ? Truncate(size) : Ok();
}

Result<void> RealFile::Truncate(std::int64_t size) {
  int failed;
  do {
    failed = ftruncate(fd_.get(), size);
  } while (failed != 0 && errno == EINTR);
  if (failed != 0) return Fail(SystemError("truncate", path_, errno));
  return Ok();
}

Result<void> RealFile::Sync() {
  // Not even EINTR is retried: after any failure the kernel may count the pages as clean.
  if (fdatasync(fd_.get()) != 0) return Fail(SystemError("sync", path_, errno));
  return Ok();
}

Result<std::int64_t> RealFile::Size() const {
  struct stat status;
  if (fstat(fd_.get(), &status) != 0) return Fail(SystemError("examine", path_, errno));
  return status.st_size;
}

}  // namespace strata::storage
