#include "broker/config/command_line.h"

#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "broker/config/config_file.h"
#include "broker/server/version.h"

namespace strata::broker {
namespace {

std::string PlaceholderOf(const ConfigKey<BrokerConfig>& key) {
  if (key.field.kind == ValueKind::kInteger) return "NUMBER";
  if (key.field.kind == ValueKind::kChoice) return "WORD";
  return key.name == "data.dir" ? "DIR" : "HOST:PORT";
}

std::string HelpOf(const ConfigKey<BrokerConfig>& key) {
  const std::string value = key.field.get(BrokerConfig());
  return fmt::format("{} ({}; default: {})", key.doc, key.field.allowed,
                     value.empty() ? "empty" : value);
}

}  // namespace

std::string FlagOfKey(std::string_view key) {
  std::string flag = "--" + std::string(key);
  std::replace(flag.begin(), flag.end(), '.', '-');
  return flag;
}

Result<CommandLine> ParseCommandLine(std::vector<std::string> arguments) {
  CommandLine command_line;
  std::string config_file;
  std::map<std::string_view, std::string> flags;  // by the key's name

  CLI::App app("stratad, the broker of the Strata log", "stratad");
  app.set_version_flag("--version", fmt::format("stratad {}", kVersion), "Print the version");
  app.set_help_flag("--help,-h", "Print this help");
  app.add_option("--config", config_file,
                 "Configuration file (TOML, with the keys below: --data-dir is data.dir); flags "
                 "win over it")
      ->type_name("FILE");
  app.add_option("--port-file", command_line.port_file,
                 "Write the addresses listened on to this file once they are: gRPC, then HTTP")
      ->type_name("FILE");
  for (const auto& key : BrokerConfigKeys()) {
    app.add_option(FlagOfKey(key.name), flags[key.name], HelpOf(key))
        ->type_name(PlaceholderOf(key))
        ->group("Configuration");
  }

  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    command_line.print = app.help();
    return command_line;
  } catch (const CLI::CallForVersion& version) {
    command_line.print = std::string(version.what()) + "\n";
    return command_line;
  } catch (const CLI::ParseError& error) {
    return Fail(ErrorCode::INVALID_ARGUMENT, error.what());
  }

  if (app.count("--config") > 0) STRATA_TRY(ApplyConfigFile(config_file, command_line.config));
  for (const auto& [key, value] : flags) {
    const std::string flag = FlagOfKey(key);
    if (app.count(flag) == 0) continue;
    const auto set = FindKey(BrokerConfigKeys(), key)->field.set(command_line.config, value);
    if (!set) return Fail(set.error().code, flag + " " + set.error().message);
  }
  return command_line;
}

}  // namespace strata::broker
