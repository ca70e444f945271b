#include "proto/base/error.h"

namespace strata {
namespace {

// The canonical codes of google.rpc.Code, which gRPC's StatusCode equals.
enum GrpcStatus {
  CANCELLED = 1,
  INVALID_ARGUMENT = 3,
  DEADLINE_EXCEEDED = 4,
  NOT_FOUND = 5,
  ALREADY_EXISTS = 6,
  RESOURCE_EXHAUSTED = 8,
  FAILED_PRECONDITION = 9,
  ABORTED = 10,
  OUT_OF_RANGE = 11,
  INTERNAL = 13,
  UNAVAILABLE = 14,
  DATA_LOSS = 15,
};

struct Row {
  ErrorCode code;
  std::string_view name;
  int grpc_status;
  std::string_view remedy;
};

constexpr Row kRows[] = {
#define STRATA_ERROR(number, name, grpc_status, remedy) \
  {ErrorCode::name, #name, grpc_status, remedy},
#include "proto/base/errors.inc"
#undef STRATA_ERROR
};

const Row& RowOf(ErrorCode code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row;
  }
  return RowOf(ErrorCode::INTERNAL);
}

}  // namespace

std::string_view ErrorName(ErrorCode code) {
  return RowOf(code).name;
}
std::string_view ErrorRemedy(ErrorCode code) {
  return RowOf(code).remedy;
}
int ErrorGrpcStatus(ErrorCode code) {
  return RowOf(code).grpc_status;
}

std::optional<ErrorCode> ErrorFromName(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

}  // namespace strata
