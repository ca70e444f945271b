// What is wrong with logs, for people.
//
// Threads: any; nothing here waits for a disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/topics/topic_registry.h"
#include "storage/log_store.h"

namespace strata::broker {

// In a sentence; nothing if all is well.
std::optional<std::string> ProblemOf(const storage::LogStatus& status);

// Partitions that have a problem.
std::int32_t CountProblems(const TopicRegistry& topics, storage::LogStore& logs);

}  // namespace strata::broker
