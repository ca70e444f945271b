#include "storage/io/system_error.h"

#include <cerrno>
#include <system_error>

namespace strata::storage {

Error SystemError(std::string_view operation, std::string_view path, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  std::string message = "cannot ";
  message.append(operation).append(" '").append(path).append("': ");
  message += std::generic_category().message(error_number);
  return Error{full ? ErrorCode::DISK_FULL : ErrorCode::IO_ERROR, std::move(message)};
}

}  // namespace strata::storage
