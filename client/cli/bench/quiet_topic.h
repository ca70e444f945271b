// Whether a topic gets records from nobody but this process. Others' records would be taken for
// those that are measured. Use it from one thread.
#pragma once

#include <memory>
#include <string>

#include "client/cli/bench/amount.h"
#include "client/lib/admin.h"

namespace strata::cli {

class QuietTopic {
 public:
  // Asks where the topic ends. Errors of Admin::DescribeTopic.
  static Result<QuietTopic> Begin(std::shared_ptr<Connection> connection, std::string topic);

  // CONFLICT: more than the records of `sent`, which are all that this process has sent since
  // Begin, have been appended. Errors of Admin::DescribeTopic. Ask when all of them are.
  Result<void> Check(const Amount& sent);

 private:
  QuietTopic(std::shared_ptr<Connection> connection, std::string topic);

  // All that was ever appended, to all partitions.
  Result<std::uint64_t> RecordsEver();

  Admin admin_;
  std::string topic_;
  std::uint64_t begin_ = 0;
};

}  // namespace strata::cli
