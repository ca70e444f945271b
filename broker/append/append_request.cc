#include "broker/append/append_request.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "proto/wire/payload_message.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {
namespace {

// A received slice can be part of a buffer of 64 KiB and more.
constexpr std::size_t kCopyBelowBytes = 16 << 10;
// On average: each costs memory beside its bytes, and a part of a write, and may be all that is
// used of a buffer of 64 KiB. A client decides how large they are.
constexpr std::size_t kLeastFragmentBytes = 4 << 10;

// A parsed record takes much more memory than an empty one takes on the wire.
constexpr std::size_t kMaxRecordsInRequest = 100'000;
constexpr std::size_t kMaxFields = kMaxRecordsInRequest + 16;

Fragments FitToKeep(Fragments batch) {
  const std::size_t bytes = TotalBytes(batch);
  if (batch.empty()) return batch;
  if (bytes >= kCopyBelowBytes && bytes / batch.size() >= kLeastFragmentBytes) return batch;
  return {Copied(batch)};
}

}  // namespace

Result<Fragments> ParseAppendRequest(const Fragments& message, v1::AppendRequest* request) {
  STRATA_TRY_ASSIGN(SplitFragments split,
                    SplitPayload(message, v1::AppendRequest::kBatchFieldNumber));
  if (split.rest_fields > kMaxFields) {
    return Fail(ErrorCode::TOO_LARGE,
                fmt::format("the request has more than {} records", kMaxRecordsInRequest));
  }
  if (!request->ParseFromString(split.rest)) {
    return Fail(ErrorCode::MALFORMED_REQUEST, "the request is not a strata.v1.AppendRequest");
  }
  return FitToKeep(std::move(split.payload));
}

}  // namespace strata::broker
