// What the commands of `strata bench` begin and end with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client/cli/bench/bench_options.h"
#include "client/cli/bench/payloads.h"
#include "client/cli/bench/summary.h"
#include "client/lib/connection.h"

namespace strata::cli {

// Makes the topic, if the options say with how many partitions and it is not there; returns how
// many it has. TOPIC_EXISTS: it is there with another number. INVALID_ARGUMENT: there are more
// consumers than partitions; then it is not made. Errors of Admin.
Result<std::int32_t> PrepareTopic(const std::shared_ptr<Connection>& connection,
                                  const BenchOptions& options);

// What an acknowledgement of an append means: as the options say, else as the topic does. Errors of
// Admin.
Result<std::string> DurabilityOfAcks(const std::shared_ptr<Connection>& connection,
                                     const BenchOptions& options);

// Lets this process open as many files as the system allows, for so many connections.
// INVALID_ARGUMENT: the system does not allow it.
Result<void> AllowConnections(int count);

Result<Payloads> MakePayloads(const BenchOptions& options);

// Of the acknowledgements, as the options have them measured.
MeasuredLatency AckLatency(const BenchOptions& options, const Latencies& latencies);

// What of these latencies is the client's, with a rate.
MeasuredLatency SendLateness(const Latencies& lateness);

// To standard output. CANCELLED: interrupted before anything was moved.
Result<void> PrintSummary(const BenchSummary& summary, Output output);

}  // namespace strata::cli
