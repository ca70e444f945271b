// A member's stream, as a gRPC reactor. Includes gRPC: for files in this folder only.
//
// It only parses and passes on: what a member may do, and what it is sent, is MemberSession's.
#pragma once

#include <grpcpp/grpcpp.h>

#include "broker/delivery/response_budget.h"
#include "broker/groups/group_registry.h"
#include "broker/groups/member_journal.h"
#include "broker/metrics/metrics.h"
#include "broker/rpc/join_request.h"
#include "broker/rpc/live_streams.h"
#include "broker/threads/executor.h"
#include "broker/threads/timers.h"
#include "broker/topics/topic_registry.h"
#include "storage/log_store.h"

namespace strata::broker {

// What a member's stream needs; everything outlives it.
struct ConsumeEnvironment {
  TopicRegistry& topics;
  GroupRegistry& groups;
  storage::LogStore& logs;
  Executor& executor;  // delivery and seeks
  Executor& admin;     // joins, which wait for the disk
  Metrics& metrics;
  ResponseBudget& budget;
  Timers& timers;
  TopicPatterns& patterns;
  LiveStreams& streams;
  MemberJournal& journal;
  JoinDefaults join_defaults;
};

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartConsume(
    const ConsumeEnvironment& environment, grpc::CallbackServerContext* context);

}  // namespace strata::broker
