// What a failed call says in its details, for tests.
#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"

namespace strata::testing {

// The reason of google.rpc.ErrorInfo; "none: " and the message if that is not all there is.
inline std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) || details.details_size() != 1 ||
      !details.details(0).UnpackTo(&info)) {
    return "none: " + status.error_message();
  }
  return info.reason();
}

}  // namespace strata::testing
