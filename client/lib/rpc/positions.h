// A Position as the wire has it.
#pragma once

#include "client/lib/position.h"

namespace strata {

namespace v1 {
class Position;
}  // namespace v1

v1::Position ToMessage(const Position& position);

}  // namespace strata
