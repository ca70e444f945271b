#include "storage/rocks/internal.h"

namespace strata::storage {

namespace {

ErrorCode CodeFor(const rocksdb::Status& status) {
  if (status.IsCorruption()) return ErrorCode::CORRUPT_LOG;
  if (status.IsNoSpace()) return ErrorCode::DISK_FULL;
  return ErrorCode::IO_ERROR;
}

}  // namespace

Error ToError(const rocksdb::Status& status, std::string_view operation,
              std::string_view directory) {
  std::string message = "cannot ";
  message.append(operation).append(" the database '").append(directory).append("': ");
  message += status.ToString();
  return Error{CodeFor(status), std::move(message)};
}

}  // namespace strata::storage
