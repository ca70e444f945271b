// One key of a configuration, as data: the tables of keys (topic_config.cc, broker_config.cc) are
// what parsing, flags, help and the page are made from or checked against.
//
// A key's default is not in the table: it is what a default-constructed Config holds.
// Tables are constant; everything here may be used from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "broker/config/config_value.h"
#include "proto/base/durability.h"
#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata::broker {

// How values look in a configuration file.
enum class ValueKind {
  kInteger,  // a whole number, in the unit that ends the key's name
  kText,
  kChoice,  // one of a few words
};

// A member of Config, with what it may hold and how it is read from and shown as text.
template <class Config>
struct ConfigField {
  ValueKind kind;
  std::string allowed;  // for people: "1 to 100", "HOST:PORT"
  // INVALID_CONFIG: what is wrong with the value, to stand behind the name of the key.
  std::function<Result<void>(Config&, std::string_view)> set;
  std::function<std::string(const Config&)> get;
};

template <class Config>
struct ConfigKey {
  std::string_view name;
  ConfigField<Config> field;
  std::string_view doc;  // one sentence without a full stop
};

template <class Config>
ConfigField<Config> IntegerField(std::int64_t Config::*member, std::int64_t min, std::int64_t max) {
  return {ValueKind::kInteger, std::to_string(min) + " to " + std::to_string(max),
          [=](Config& config, std::string_view text) -> Result<void> {
            STRATA_TRY_ASSIGN(config.*member, ParseInteger(text, min, max));
            return Ok();
          },
          [=](const Config& config) { return std::to_string(config.*member); }};
}

// A fraction from 0 to 1.
template <class Config>
ConfigField<Config> FractionField(double Config::*member) {
  return {ValueKind::kText, "0 to 1",
          [=](Config& config, std::string_view text) -> Result<void> {
            STRATA_TRY_ASSIGN(config.*member, ParseFraction(text));
            return Ok();
          },
          [=](const Config& config) { return fmt::format("{}", config.*member); }};
}

// `parse` returns the text as it shall be kept, or INVALID_CONFIG.
template <class Config>
ConfigField<Config> TextField(std::string Config::*member, std::string allowed,
                              std::function<Result<std::string>(std::string_view)> parse) {
  return {ValueKind::kText, std::move(allowed),
          [=](Config& config, std::string_view text) -> Result<void> {
            STRATA_TRY_ASSIGN(config.*member, parse(text));
            return Ok();
          },
          [=](const Config& config) { return config.*member; }};
}

template <class Config>
ConfigField<Config> ChoiceField(std::string Config::*member, std::vector<std::string_view> words) {
  return {ValueKind::kChoice, JoinWords(words),
          [=](Config& config, std::string_view text) -> Result<void> {
            STRATA_TRY_ASSIGN(config.*member, ParseChoice(text, words));
            return Ok();
          },
          [=](const Config& config) { return config.*member; }};
}

template <class Config>
ConfigField<Config> DurabilityField(Durability Config::*member) {
  return {ValueKind::kChoice, "fsync, os, none",
          [=](Config& config, std::string_view text) -> Result<void> {
            STRATA_TRY_ASSIGN(config.*member, ParseDurability(text));
            return Ok();
          },
          [=](const Config& config) { return std::string(DurabilityName(config.*member)); }};
}

// The key of that name, or null.
template <class Config>
const ConfigKey<Config>* FindKey(const std::vector<ConfigKey<Config>>& keys,
                                 std::string_view name) {
  for (const ConfigKey<Config>& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

template <class Config>
std::vector<std::string_view> KeyNames(const std::vector<ConfigKey<Config>>& keys) {
  std::vector<std::string_view> names;
  for (const ConfigKey<Config>& key : keys) names.push_back(key.name);
  return names;
}

// Sets a key by its name. INVALID_CONFIG: there is no such key, which `kind` ("topic", "broker")
// and the nearest key are named for, or the value is refused.
template <class Config>
Result<void> SetKey(const std::vector<ConfigKey<Config>>& keys, std::string_view kind,
                    std::string_view name, std::string_view value, Config& config) {
  const ConfigKey<Config>* key = FindKey(keys, name);
  if (!key) return Fail(UnknownKey(kind, name, KeyNames(keys)));
  if (auto set = key->field.set(config, value); !set) {
    return Fail(set.error().code, std::string(name) + " " + set.error().message);
  }
  return Ok();
}

}  // namespace strata::broker
