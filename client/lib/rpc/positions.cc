#include "client/lib/rpc/positions.h"

#include "strata/v1/types.pb.h"

namespace strata {

v1::Position ToMessage(const Position& position) {
  v1::Position message;
  switch (position.kind()) {
    case Position::Kind::kBeginning:
      message.set_edge(v1::Position::EDGE_BEGINNING);
      break;
    case Position::Kind::kEnd:
      message.set_edge(v1::Position::EDGE_END);
      break;
    case Position::Kind::kOffset:
      message.set_offset(position.offset());
      break;
    case Position::Kind::kTime:
      message.set_timestamp_ms(position.timestamp_ms());
      break;
  }
  return message;
}

}  // namespace strata
