#include "client/cli/sink.h"

#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace strata::cli {

Result<void> Sink::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !closed_) {
    const ssize_t written = write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno != EINTR) {
      return Fail(ErrorCode::IO_ERROR, fmt::format("cannot write to standard output: {}",
                                                   std::generic_category().message(errno)));
    }
  }
  buffer_.clear();
  return Ok();
}

Result<void> Print(const std::string& text) {
  Sink sink(STDOUT_FILENO);
  sink.buffer() = text;
  return sink.Flush();
}

}  // namespace strata::cli
