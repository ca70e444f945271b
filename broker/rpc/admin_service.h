// The Admin service over gRPC. Requests are parsed and handled on an executor's threads: those of
// gRPC never wait for a disk.
#pragma once

#include <memory>

#include "broker/rpc/admin_handler.h"
#include "broker/rpc/rpc_service.h"
#include "broker/threads/executor.h"

namespace strata::broker {

// Handler and executor must outlive the service. Calls beyond what the executor queues are answered
// with OVERLOADED.
std::unique_ptr<RpcService> MakeAdminService(AdminHandler& handler, Executor& executor);

}  // namespace strata::broker
