// An append as it comes off the wire: small fields parsed, the payload still where it was received.
#pragma once

#include <cstdint>

#include "proto/base/error.h"
#include "proto/base/fragments.h"

namespace strata::v1 {
class AppendRequest;
}

namespace strata::broker {

// Parses a serialised v1::AppendRequest. Everything but its batch goes to `request`; the batch
// comes back in fragments that share the memory of `message`, or as a copy if it is small, so that
// it pins no large receive buffer, or in small pieces; without fragments if there is none.
// MALFORMED_REQUEST, TOO_LARGE (more than 100,000 records). Pure; callable from any thread.
Result<Fragments> ParseAppendRequest(const Fragments& message, v1::AppendRequest* request);

}  // namespace strata::broker
