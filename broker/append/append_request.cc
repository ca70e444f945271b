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

// A parsed record takes much more memory than an empty one takes on the wire.
constexpr std::size_t kMaxRecordsInRequest = 100'000;
constexpr std::size_t kMaxFields = kMaxRecordsInRequest + 16;

Fragments WithoutLargeBuffers(Fragments batch) {
  const std::size_t bytes = TotalBytes(batch);
  if (batch.empty() || bytes >= kCopyBelowBytes) return batch;
  std::string copy;
  copy.reserve(bytes);
  for (const SharedBytes& fragment : batch) copy.append(fragment.view());
  return {SharedBytes::FromString(std::move(copy))};
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
  return WithoutLargeBuffers(std::move(split.payload));
}

}  // namespace strata::broker
