#include "client/lib/consumer.h"

#include <utility>

#include <fmt/format.h>

#include "client/lib/consume/group_consumer.h"
#include "client/lib/consume/member_times.h"
#include "client/lib/names.h"

namespace strata {

Result<std::unique_ptr<Consumer>> Consumer::Open(std::shared_ptr<Connection> connection,
                                                 ConsumerOptions options) {
  STRATA_TRY(CheckGroupName(options.group));
  for (const std::string& topic : options.topics) STRATA_TRY(CheckTopicName(topic));
  STRATA_TRY(CheckText(options.topic_pattern));
  STRATA_TRY(CheckText(options.instance_id));
  if (options.topics.empty() && options.topic_pattern.empty()) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a consumer needs a topic, or a pattern of topics");
  }
  for (const auto time :
       {options.return_within, options.max_processing, options.auto_commit_every}) {
    if (time.count() < 0 || time > kLongestTime) {
      return Fail(ErrorCode::INVALID_ARGUMENT,
                  fmt::format("a time of {} ms is not within 0 and a day", time.count()));
    }
  }
  if (options.credit_records <= 0 || options.credit_bytes <= 0) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a consumer needs credit for records and for bytes");
  }
  return std::make_unique<GroupConsumer>(std::move(connection), std::move(options));
}

bool IsDeliveredAgain(const Error& why_not_committed) {
  switch (why_not_committed.code) {
    case ErrorCode::STALE_GENERATION:
    case ErrorCode::NOT_ASSIGNED:
    case ErrorCode::NO_PROGRESS:
    case ErrorCode::UNAVAILABLE:
    case ErrorCode::SHUTTING_DOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace strata
