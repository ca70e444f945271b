#include "broker/config/config_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "broker/topics/names.h"

namespace strata::broker {
namespace {

// The value as text, or nothing if it is not what the key takes. A number in quotes is refused; the
// words true and false may stand without quotes.
std::optional<std::string> TextOf(const toml::node& node, ValueKind kind) {
  if (kind == ValueKind::kInteger) {
    if (const auto value = node.value_exact<std::int64_t>()) return std::to_string(*value);
    return std::nullopt;
  }
  if (const auto value = node.value_exact<bool>(); value && kind == ValueKind::kChoice) {
    return *value ? "true" : "false";
  }
  return node.value_exact<std::string>();
}

Result<std::string> ReadWholeFile(const std::string& path) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rb"),
                                                                std::fclose);
  std::string text;
  char buffer[4096];
  std::size_t count = 0;
  while (file && (count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, count);
  }
  if (!file || std::ferror(file.get())) {
    return Fail(ErrorCode::INVALID_CONFIG, fmt::format("cannot read the configuration file {}: {}",
                                                       Quoted(path), std::strerror(errno)));
  }
  return text;
}

class FileReader {
 public:
  FileReader(const std::string& path, BrokerConfig& config) : path_(path), config_(config) {}

  Result<void> Apply(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      STRATA_TRY(node.is_table() ? Apply(*node.as_table(), name + ".")
                                 : Set(name, node, key.source().begin.line));
    }
    return Ok();
  }

 private:
  Result<void> Set(const std::string& name, const toml::node& node, toml::source_index line) {
    const ConfigKey<BrokerConfig>* key = FindKey(BrokerConfigKeys(), name);
    std::optional<std::string> text = key ? TextOf(node, key->field.kind) : std::string();
    if (!text) {
      return Refuse(line, fmt::format("{} must be a {}", name,
                                      key->field.kind == ValueKind::kInteger ? "whole number"
                                                                             : "text in quotes"));
    }
    const auto set = SetKey(BrokerConfigKeys(), "broker", name, *text, config_);
    return set ? Ok() : Refuse(line, set.error().message);
  }

  Result<void> Refuse(toml::source_index line, const std::string& why) {
    return Fail(ErrorCode::INVALID_CONFIG, fmt::format("{}, line {}: {}", path_, line, why));
  }

  const std::string& path_;
  BrokerConfig& config_;
};

}  // namespace

Result<void> ApplyConfigText(std::string_view text, const std::string& path, BrokerConfig& config) {
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return Fail(ErrorCode::INVALID_CONFIG,
                fmt::format("{}, line {}: {}", path, error.source().begin.line,
                            std::string(error.description())));
  }
  return FileReader(path, config).Apply(table, "");
}

Result<void> ApplyConfigFile(const std::string& path, BrokerConfig& config) {
  STRATA_TRY_ASSIGN(const std::string text, ReadWholeFile(path));
  return ApplyConfigText(text, path, config);
}

}  // namespace strata::broker
