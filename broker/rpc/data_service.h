// The Data service over gRPC.
#pragma once

#include <memory>

#include "broker/append/appender.h"
#include "broker/delivery/read_plan.h"
#include "broker/delivery/response_budget.h"
#include "broker/metrics/metrics.h"
#include "broker/rpc/producers_handler.h"
#include "broker/rpc/rpc_service.h"
#include "broker/threads/executor.h"
#include "broker/threads/timers.h"

namespace strata::broker {

// What the service needs beside the appender; all of it must outlive the service.
struct DataEnvironment {
  TopicRegistry& topics;
  storage::LogStore& logs;
  ProducersHandler& producers;
  Executor& executor;  // reads
  Executor& admin;     // waits for the metadata
  Timers& timers;
  Metrics& metrics;
  ResponseBudget& budget;
  ReadLimitsOfBroker limits;
};

std::unique_ptr<RpcService> MakeDataService(Appender& appender, const DataEnvironment& environment);

}  // namespace strata::broker
