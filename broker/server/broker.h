// Everything of a broker but the network: storage, topics, services and the threads they work on.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "broker/config/broker_config.h"
#include "broker/metrics/metrics.h"
#include "broker/rpc/rpc_service.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"

namespace strata::broker {

class Broker {
 public:
  // Opens the data directory with all its topics. Errors as LocalStore::Open and
  // TopicRegistry::Open.
  static Result<std::unique_ptr<Broker>> Open(const BrokerConfig& config);

  // Closes, if nobody has; an error goes to the log.
  virtual ~Broker() = default;

  // Owned by this object.
  virtual const std::vector<std::unique_ptr<RpcService>>& services() const = 0;
  virtual Metrics& metrics() = 0;

  // An error while the truth cannot be written: topics and groups cannot be changed and nothing can
  // be committed, until that works again by itself. From any thread.
  virtual Result<void> health() const = 0;

  // The second half of a stop, when no call is under way any more: finishes queued work, flushes
  // everything and marks the stop as clean. Idempotent. IO_ERROR: the stop was not clean.
  virtual Result<void> Close() = 0;
};

}  // namespace strata::broker
