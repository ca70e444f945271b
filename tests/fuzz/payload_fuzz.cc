// SplitPayload on arbitrary bytes. What both it and protobuf accept, they must understand alike.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/message_differencer.h>

#include "proto/wire/payload_message.h"
#include "strata/v1/data.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const google::protobuf::LogSilencer silencer;
  using strata::v1::AppendRequest;
  const std::string message(reinterpret_cast<const char*>(data), size);
  const auto split = strata::SplitPayload(message, AppendRequest::kBatchFieldNumber);
  const auto shared = strata::SharedBytes::FromString(message);
  for (const std::size_t cut : {size / 4, size / 2, size}) {
    const auto in_fragments = strata::SplitPayload({shared.Slice(0, cut), shared.Slice(cut)},
                                                   AppendRequest::kBatchFieldNumber);
    if (in_fragments.has_value() != split.has_value()) std::abort();
    if (!split) continue;
    if (in_fragments->rest != split->rest) std::abort();
    if (strata::Joined(in_fragments->payload).view() != split->payload) std::abort();
  }
  AppendRequest whole;
  if (!split || !whole.ParseFromString(message)) return 0;

  AppendRequest joined;
  if (!joined.ParseFromString(split->rest)) std::abort();
  joined.set_batch(std::string(split->payload));
  if (!google::protobuf::util::MessageDifferencer::Equals(joined, whole)) std::abort();
  return 0;
}
