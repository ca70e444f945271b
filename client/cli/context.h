// What the commands share: the options in front of every noun, and the action that the command line
// asks for. Commands print nothing on errors; they return them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/lib/connection.h"

namespace CLI {
class App;
}  // namespace CLI

namespace strata::cli {

struct Context {
  std::string broker = ConnectionOptions().broker;
  std::int64_t timeout_s = 30;  // of one call

  // Set while the command line is parsed, run afterwards.
  std::function<Result<void>()> action;

  // What the person can do about the error, where the error table does not know it.
  std::string hint;

  Result<std::shared_ptr<Connection>> Connect() const;
};

// Each adds a noun with its verbs; `context` must outlive `app`.
void AddTopic(CLI::App& app, Context& context);
void AddProduce(CLI::App& app, Context& context);
void AddConsume(CLI::App& app, Context& context);
void AddGroup(CLI::App& app, Context& context);
void AddBroker(CLI::App& app, Context& context);
void AddBench(CLI::App& app, Context& context);

}  // namespace strata::cli
