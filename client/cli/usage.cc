#include "client/cli/usage.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "client/cli/suggestion.h"

namespace strata::cli {
namespace {

class ValueFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text;
    if (option->get_type_size() != 0) {
      text = " " + option->get_type_name();
      if (!option->get_default_str().empty()) text += "=" + option->get_default_str();
    }
    if (!option->get_envname().empty()) text += " (or $" + option->get_envname() + ")";
    return text;
  }
};

const CLI::App* DeepestOf(const CLI::App& app) {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return deepest;
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// What could stand where the parser did not know how to go on.
std::vector<std::string> KnownIn(const CLI::App& app) {
  std::vector<std::string> known = CommandsOf(app);
  for (const CLI::App* current = &app; current != nullptr; current = current->get_parent()) {
    for (const CLI::Option* option : current->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  return known;
}

// The first argument, from the left, that the parser did not know; it looks for what is missing
// before it looks at those.
std::string FirstUnknown(const CLI::App& app, int argc, const char* const* argv) {
  const std::vector<std::string> unknown = app.remaining(true);
  for (int i = 1; i < argc; ++i) {
    if (std::find(unknown.begin(), unknown.end(), argv[i]) != unknown.end()) return argv[i];
  }
  return unknown.empty() ? "" : unknown.front();
}

// The parser's "NAME: what is wrong".
std::string_view NameIn(std::string_view message) {
  return message.substr(0, message.find(':'));
}

std::string MissingMessage(const CLI::App& deepest, std::string_view message) {
  if (message.find("subcommand") == std::string_view::npos) {
    return fmt::format("{} is missing", message.substr(0, message.find(" is required")));
  }
  return fmt::format("a command is missing: use one of {}", fmt::join(CommandsOf(deepest), ", "));
}

std::string MismatchMessage(std::string_view message) {
  const bool too_many = message.find("At Most") != std::string_view::npos;
  return fmt::format("{} {}", NameIn(message),
                     too_many ? "is given more than once" : "needs a value");
}

// "Could not convert: --size = abc"
std::string ConversionMessage(const std::string& message) {
  const std::size_t colon = message.find(": ");
  const std::size_t equals = message.find(" = ");
  if (colon == std::string::npos || equals == std::string::npos) return message;
  return fmt::format("{}: '{}' is no number", message.substr(colon + 2, equals - colon - 2),
                     message.substr(equals + 3));
}

// "--a excludes --b": both were given.
std::string TogetherMessage(std::string message, std::string_view verb, std::string_view plain) {
  const std::size_t at = message.find(verb);
  return at == std::string::npos ? message : message.replace(at, verb.size(), plain);
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> PlainFormatter() {
  return std::make_shared<ValueFormatter>();
}

std::string CommandOf(const CLI::App& app) {
  std::string command = "strata";
  for (const CLI::App* current = &app; !current->get_subcommands().empty();) {
    current = current->get_subcommands().front();
    command += " " + current->get_name();
  }
  return command;
}

std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error, int argc,
                         const char* const* argv) {
  const CLI::App& deepest = *DeepestOf(app);
  if (const std::string unknown = FirstUnknown(app, argc, argv); !unknown.empty()) {
    const std::string meant = NearestWord(unknown, KnownIn(deepest));
    return fmt::format("'{}' is not known here{}", unknown,
                       meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant));
  }
  const std::string message = error.what();
  const std::string kind = error.get_name();
  if (kind == "RequiredError") return MissingMessage(deepest, message);
  if (kind == "ArgumentMismatch") return MismatchMessage(message);
  if (kind == "ConversionError") return ConversionMessage(message);
  if (kind == "ExcludesError") return TogetherMessage(message, " excludes ", " cannot go with ");
  if (kind == "RequiresError")
    return TogetherMessage(message, " requires ", " makes sense only with ");
  return message;
}

}  // namespace strata::cli
