// What the commands share. Each adds itself to the command line and sets the action that runs when
// the line has been read. Commands print no errors; they return them.
#pragma once

#include <functional>
#include <optional>

#include "proto/base/error.h"
#include "storage/log_store.h"

namespace CLI {
class App;
}  // namespace CLI

namespace strata::storage::tool {

// What the command was there to find out, and so the exit status.
enum class Verdict { kIntact = 0, kDamaged = 1 };

struct Context {
  // Set while the command line is parsed, run afterwards.
  std::function<Result<Verdict>()> action;
};

// `context` must outlive `app`.
void AddSegment(CLI::App& app, Context& context);
void AddIndex(CLI::App& app, Context& context);
void AddState(CLI::App& app, Context& context);
void AddVerify(CLI::App& app, Context& context);
void AddRepair(CLI::App& app, Context& context);

enum class Output { kText, kJson };

// --output text|json
void AddOutput(CLI::App& command, Output* output);

// --topic ID --partition N
struct PartitionChoice {
  std::optional<TopicId> topic;
  std::optional<std::int32_t> partition;

  bool operator()(PartitionId id) const {
    return (!topic || *topic == id.topic) && (!partition || *partition == id.partition);
  }
};
void AddPartitionChoice(CLI::App& command, PartitionChoice* choice);

}  // namespace strata::storage::tool
