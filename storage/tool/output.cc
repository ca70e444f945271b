#include "storage/tool/output.h"

#include <cerrno>

#include <unistd.h>

#include "storage/io/system_error.h"

namespace strata::storage::tool {

Result<bool> Print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      return Fail(SystemError("write", "standard output", errno));
    }
  }
  return true;
}

Result<void> PrintAll(std::string_view text) {
  STRATA_TRY(Print(text));
  return Ok();
}

}  // namespace strata::storage::tool
