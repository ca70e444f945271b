#include "broker/server/port_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace strata::broker {

Result<void> WritePortFile(const std::string& path, const std::string& address,
                           const std::string& http_address) {
  const std::string temporary = path + ".tmp";
  std::ofstream file(temporary);
  file << address << "\n" << http_address << "\n";
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return Fail(ErrorCode::IO_ERROR,
                fmt::format("cannot write the port file '{}': {}", path, std::strerror(errno)));
  }
  return Ok();
}

}  // namespace strata::broker
