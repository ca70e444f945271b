// An append as it comes off the wire: small fields parsed, the payload still where it was received.
#pragma once

#include <cstdint>

#include "proto/base/bytes.h"
#include "proto/base/error.h"

namespace strata::v1 {
class AppendRequest;
}

namespace strata::broker {

// Parses a serialised v1::AppendRequest. Everything but its batch goes to `request`; the batch
// comes back as a view that shares the memory of `message`, or as a copy if it is small, so that it
// pins no large receive buffer. MALFORMED_REQUEST, TOO_LARGE (more than 100,000 records). Pure;
// callable from any thread.
Result<SharedBytes> ParseAppendRequest(const SharedBytes& message, v1::AppendRequest* request);

}  // namespace strata::broker
