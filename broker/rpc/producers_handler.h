// What the Data service does for producers besides appends, apart from gRPC. Errors are those of
// ProducerRegistry.
//
// Threads: any; all methods may wait for the disk.
#pragma once

#include "broker/producers/producer_registry.h"
#include "proto/base/error.h"

namespace strata::v1 {
class InitProducerRequest;
class InitProducerResponse;
}  // namespace strata::v1

namespace strata::broker {

class ProducersHandler {
 public:
  // `producers` must outlive the handler.
  explicit ProducersHandler(ProducerRegistry& producers) : producers_(producers) {}

  Result<v1::InitProducerResponse> Handle(const v1::InitProducerRequest& request);

 private:
  ProducerRegistry& producers_;
};

}  // namespace strata::broker
