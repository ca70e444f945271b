// Options that several commands have, and the checks of their values: a bad value is a usage error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/consumer.h"
#include "client/lib/position.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"

namespace CLI {
class App;
class Option;
class Validator;
}  // namespace CLI

namespace strata::cli {

enum class Output { kTable, kJson };

// Takes whole numbers from `least` to `most`, and says so in its own words.
CLI::Validator WholeNumber(std::int64_t least, std::int64_t most);

// Refuses an empty value, such as that of a shell variable that is not set.
CLI::Validator NotEmpty();

// --output table|json
CLI::Option* AddOutput(CLI::App& command, Output* output);

// A flag `name` that takes beginning, end, an offset or @TIME.
CLI::Option* AddPosition(CLI::App& command, const std::string& name, std::optional<Position>* to,
                         const std::string& description);

// --partition N, from 0.
CLI::Option* AddPartition(CLI::App& command, std::optional<std::int32_t>* partition,
                          const std::string& description);

// The same, any number of times.
CLI::Option* AddPartitions(CLI::App& command, std::vector<std::int32_t>* partitions,
                           const std::string& description);

// --partitions N, from 1.
CLI::Option* AddPartitionCount(CLI::App& command, std::int32_t* count,
                               const std::string& description);

// --config KEY=VALUE, any number of them.
CLI::Option* AddConfig(CLI::App& command, std::map<std::string, std::string>* config);

// --compression none|gzip|snappy|lz4|zstd
CLI::Option* AddCompression(CLI::App& command, Compression* compression);

// --strategy uniform|range
CLI::Option* AddStrategy(CLI::App& command, AssignmentStrategy* strategy);

// --durability fsync|os|none
CLI::Option* AddDurability(CLI::App& command, std::optional<Durability>* durability);

}  // namespace strata::cli
