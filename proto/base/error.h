// Errors as values: a code from the one table (errors.inc) and a message that names the thing.
//
// Functions that can fail return Result<T>. Exceptions do not cross a module's border.
// All of this is plain data: copy it, move it, use it from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace strata {

enum class ErrorCode {
#define STRATA_ERROR(number, name, grpc_status, remedy) name = number,
#include "proto/base/errors.inc"
#undef STRATA_ERROR
};

struct Error {
  ErrorCode code;
  // One plain sentence without a full stop that names the thing: "topic 'x' does not exist".
  std::string message;
};

// The stable reason, such as "UNKNOWN_TOPIC": what ErrorInfo carries and scripts may match on.
std::string_view ErrorName(ErrorCode code);

// What a person can do about it, one clause without a full stop.
std::string_view ErrorRemedy(ErrorCode code);

// The gRPC status code (grpc::StatusCode) that carries this error.
int ErrorGrpcStatus(ErrorCode code);

// The code of a reason, or nothing if this build does not know it.
std::optional<ErrorCode> ErrorFromName(std::string_view name);

template <class T>
using Result = tl::expected<T, Error>;

// Result<void> that says "it worked".
inline Result<void> Ok() {
  return {};
}

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

// Returns the error of `expression` (a Result) to the caller, if it has one.
#define STRATA_TRY(expression)                                     \
  do {                                                             \
    if (auto strata_try_result = (expression); !strata_try_result) \
      return ::strata::Fail(std::move(strata_try_result).error()); \
  } while (false)

// Declares `variable` from the value of `expression` (a Result), or returns its error.
#define STRATA_TRY_ASSIGN(variable, expression) \
  STRATA_TRY_ASSIGN_IMPL(STRATA_TRY_CONCAT(strata_try_, __LINE__), variable, expression)
#define STRATA_TRY_ASSIGN_IMPL(temporary, variable, expression)        \
  auto temporary = (expression);                                       \
  if (!temporary) return ::strata::Fail(std::move(temporary).error()); \
  variable = std::move(*temporary)
#define STRATA_TRY_CONCAT(a, b) STRATA_TRY_CONCAT_IMPL(a, b)
#define STRATA_TRY_CONCAT_IMPL(a, b) a##b

}  // namespace strata
