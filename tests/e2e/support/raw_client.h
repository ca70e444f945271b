// Calls the broker with bytes of the test's choice, as a broken or hostile client would.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

namespace strata::e2e {

// What came of a call.
struct RawAnswer {
  grpc::Status status;
  std::string reason;  // of google.rpc.ErrorInfo; empty if there is none
  std::string bytes;   // the response
};

class RawClient {
 public:
  explicit RawClient(const std::string& broker);

  // A unary call, such as "/strata.v1.Data/Append".
  RawAnswer Call(const std::string& method, std::string_view request) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
};

// The reason within the details of a failed call; empty if there is none.
std::string ReasonOf(const grpc::Status& status);

}  // namespace strata::e2e
