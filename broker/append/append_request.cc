#include "broker/append/append_request.h"

#include <string>
#include <string_view>
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

Result<void> ParseFields(std::string_view fields, std::size_t count, v1::AppendRequest* request) {
  if (count > kMaxFields) {
    return Fail(ErrorCode::TOO_LARGE,
                fmt::format("the request has more than {} records", kMaxRecordsInRequest));
  }
  if (!request->ParseFromArray(fields.data(), static_cast<int>(fields.size()))) {
    return Fail(ErrorCode::MALFORMED_REQUEST, "the request is not a strata.v1.AppendRequest");
  }
  return Ok();
}

Fragments WithoutLargeBuffers(Fragments batch) {
  const std::size_t bytes = TotalBytes(batch);
  if (bytes == 0) return {};
  if (bytes >= kCopyBelowBytes) return batch;
  std::string copy;
  copy.reserve(bytes);
  for (const SharedBytes& fragment : batch) copy.append(fragment.view());
  return {SharedBytes::FromString(std::move(copy))};
}

}  // namespace

Result<Fragments> ParseAppendRequest(const Fragments& message, v1::AppendRequest* request) {
  constexpr std::uint32_t kBatch = v1::AppendRequest::kBatchFieldNumber;
  const std::string_view front = message.empty() ? std::string_view() : message.front().view();
  if (const auto found = FindTrailingPayload(front, TotalBytes(message), kBatch)) {
    STRATA_TRY(ParseFields(front.substr(0, found->rest_bytes), found->rest_fields, request));
    return WithoutLargeBuffers(Behind(message, found->position));
  }
  const SharedBytes joined = Joined(message);
  STRATA_TRY_ASSIGN(const SplitMessage split, SplitPayload(joined.view(), kBatch));
  STRATA_TRY(ParseFields(split.rest, split.rest_fields, request));
  return WithoutLargeBuffers({SharedBytes(joined.owner(), split.payload)});
}

}  // namespace strata::broker
