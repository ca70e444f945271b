#include "broker/append/append_request.h"

#include <string>

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

}  // namespace

Result<SharedBytes> ParseAppendRequest(const SharedBytes& message, v1::AppendRequest* request) {
  STRATA_TRY_ASSIGN(const SplitMessage split,
                    SplitPayload(message.view(), v1::AppendRequest::kBatchFieldNumber));
  if (split.rest_fields > kMaxFields) {
    return Fail(ErrorCode::TOO_LARGE,
                fmt::format("the request has more than {} records", kMaxRecordsInRequest));
  }
  if (!request->ParseFromString(split.rest)) {
    return Fail(ErrorCode::MALFORMED_REQUEST, "the request is not a strata.v1.AppendRequest");
  }
  if (split.payload.size() < kCopyBelowBytes) {
    return SharedBytes::FromString(std::string(split.payload));
  }
  return SharedBytes(message.owner(), split.payload);
}

}  // namespace strata::broker
