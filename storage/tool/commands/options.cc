#include <charconv>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "storage/tool/commands/command.h"

namespace strata::storage::tool {
namespace {

// As the directories are called: hexadecimal digits.
std::optional<TopicId> ParseTopicId(const std::string& text) {
  TopicId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

void AddOutput(CLI::App& command, Output* output) {
  static const std::map<std::string, Output> kNames = {{"text", Output::kText},
                                                       {"json", Output::kJson}};
  command.add_option("--output", *output, "text or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(kNames).description(""));
}

void AddPartitionChoice(CLI::App& command, PartitionChoice* choice) {
  command
      .add_option_function<std::string>(
          "--topic", [choice](const std::string& text) { choice->topic = ParseTopicId(text); },
          "only this topic: its id, as its directory is called")
      ->type_name("ID")
      ->check([](const std::string& text) -> std::string {
        return ParseTopicId(text) ? "" : "'" + text + "' is not a topic id in hexadecimal digits";
      });
  command.add_option("--partition", choice->partition, "only the partition of this number")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace strata::storage::tool
