// The Groups service over gRPC.
#pragma once

#include <memory>

#include "broker/delivery/response_budget.h"
#include "broker/metrics/metrics.h"
#include "broker/rpc/groups_handler.h"
#include "broker/rpc/join_request.h"
#include "broker/rpc/rpc_service.h"
#include "broker/threads/executor.h"

namespace strata::broker {

// What Consume needs besides the open streams, which the service keeps itself.
struct GroupsEnvironment {
  TopicRegistry& topics;
  GroupRegistry& groups;
  storage::LogStore& logs;
  Executor& executor;  // delivery and seeks
  Executor& admin;     // everything else
  Metrics& metrics;
  ResponseBudget& budget;
  Timers& timers;
  MemberJournal& journal;
  JoinDefaults join_defaults;
};

// What is given must outlive the service.
std::unique_ptr<RpcService> MakeGroupsService(GroupsHandler& handler,
                                              const GroupsEnvironment& environment);

}  // namespace strata::broker
