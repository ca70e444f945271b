// The two ways to read, as gRPC reactors. Includes gRPC: for files in this folder only.
//
// They read on the executor's threads, never on gRPC's, and delete themselves when gRPC is done
// with them.
#pragma once

#include <grpcpp/grpcpp.h>

#include "broker/delivery/read_plan.h"
#include "broker/delivery/response_budget.h"
#include "broker/metrics/metrics.h"
#include "broker/rpc/live_streams.h"
#include "broker/threads/executor.h"
#include "broker/threads/timers.h"
#include "broker/topics/topic_registry.h"
#include "storage/log_store.h"

namespace strata::broker {

// What a reader needs; everything outlives it.
struct ReadEnvironment {
  TopicRegistry& topics;
  storage::LogStore& logs;
  Executor& executor;
  Timers& timers;
  Metrics& metrics;
  ResponseBudget& budget;
  LiveStreams& streams;
  ReadLimitsOfBroker limits;
};

grpc::ServerUnaryReactor* StartRead(const ReadEnvironment& environment,
                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReadStream(const ReadEnvironment& environment,
                                                            const grpc::ByteBuffer* request);

}  // namespace strata::broker
