#include "broker/rpc/producers_handler.h"

#include "strata/v1/data.pb.h"

namespace strata::broker {

Result<v1::InitProducerResponse> ProducersHandler::Handle(const v1::InitProducerRequest& request) {
  STRATA_TRY_ASSIGN(const ProducerIdentity identity, producers_.Init(request.name()));
  v1::InitProducerResponse response;
  response.set_producer_id(identity.id);
  response.set_epoch(identity.epoch);
  return response;
}

}  // namespace strata::broker
