#include "broker/topics/log_problem.h"

#include <fmt/format.h>

namespace strata::broker {

std::optional<std::string> ProblemOf(const storage::LogStatus& status) {
  std::string problem;
  if (!status.health) problem = status.health.error().message;
  if (!status.damage.empty()) {
    const storage::DamagedOffsets& first = status.damage.front();
    if (!problem.empty()) problem += "; ";
    problem += fmt::format("offsets {} to {} cannot be read ({}), the next good one is {}",
                           first.begin, first.end - 1, first.what, first.end);
    if (status.damage.size() > 1) {
      problem += fmt::format("; and so it is in {} more place{}", status.damage.size() - 1,
                             status.damage.size() > 2 ? "s" : "");
    }
  }
  if (problem.empty()) return std::nullopt;
  return problem;
}

std::int32_t CountProblems(const TopicRegistry& topics, storage::LogStore& logs) {
  std::int32_t count = 0;
  for (const TopicPtr& topic : topics.List()) {
    for (std::int32_t partition = 0; partition < topic->partition_count; ++partition) {
      const auto status = logs.Status(topic->Partition(partition));
      if (status && ProblemOf(*status)) ++count;
    }
  }
  return count;
}

}  // namespace strata::broker
