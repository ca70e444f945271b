// What a Connection holds. Constant after construction.
#pragma once

#include <memory>

#include "client/lib/connection.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace strata {

struct Connection::Impl {
  const ConnectionOptions options;
  const std::shared_ptr<grpc::Channel> channel;
};

}  // namespace strata
