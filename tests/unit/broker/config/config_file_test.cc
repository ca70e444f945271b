#include "broker/config/config_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

std::string MessageOf(std::string_view text) {
  BrokerConfig config;
  const auto applied = ApplyConfigText(text, "s.toml", config);
  if (applied) return "accepted";
  EXPECT_EQ(applied.error().code, ErrorCode::INVALID_CONFIG);
  return applied.error().message;
}

TEST(ConfigFile, DottedKeysAndTablesAreTheSame) {
  BrokerConfig dotted, table;
  ASSERT_TRUE(ApplyConfigText("http.listen = ''\nmax.partitions.total = 5\n", "a", dotted));
  ASSERT_TRUE(ApplyConfigText("[http]\nlisten = ''\n[max.partitions]\ntotal = 5\n", "b", table));
  EXPECT_EQ(dotted, table);
  EXPECT_EQ(dotted.http_listen, "");
  EXPECT_EQ(dotted.max_partitions_total, 5);
}

TEST(ConfigFile, AnEmptyFileChangesNothing) {
  BrokerConfig config;
  ASSERT_TRUE(ApplyConfigText("", "s.toml", config));
  ASSERT_TRUE(ApplyConfigText("# nothing\n", "s.toml", config));
  EXPECT_EQ(config, BrokerConfig());
}

TEST(ConfigFile, EveryKeyCanBeSetToItsDefault) {
  for (const auto& key : BrokerConfigKeys()) {
    const std::string value = key.field.get(BrokerConfig());
    const bool quoted = key.field.kind != ValueKind::kInteger;
    BrokerConfig config;
    const auto applied = ApplyConfigText(
        std::string(key.name) + " = " + (quoted ? "'" + value + "'" : value), "s.toml", config);
    EXPECT_TRUE(applied) << key.name << ": " << applied.error().message;
    EXPECT_EQ(config, BrokerConfig()) << key.name;
  }
}

TEST(ConfigFile, AnUnknownKeyIsNamedWithItsLineAndTheNearestKey) {
  EXPECT_EQ(MessageOf("listen = 'localhost:1'\n\nlog.writer = 2\n"),
            "s.toml, line 3: there is no broker configuration key 'log.writer'; the nearest is "
            "'log.writers'");
  EXPECT_EQ(MessageOf("[log]\nlevels = 'info'\n"),
            "s.toml, line 2: there is no broker configuration key 'log.levels'; the nearest is "
            "'log.level'");
}

TEST(ConfigFile, ABadValueIsNamedWithItsLineAndWhatIsAllowed) {
  EXPECT_EQ(MessageOf("log.writers = 0"),
            "s.toml, line 1: log.writers cannot be '0': use a whole number from 1 to 64");
  EXPECT_EQ(MessageOf("log.writers = '2'"), "s.toml, line 1: log.writers must be a whole number");
  EXPECT_EQ(MessageOf("log.writers = 2.0"), "s.toml, line 1: log.writers must be a whole number");
  EXPECT_EQ(MessageOf("listen = 7070"), "s.toml, line 1: listen must be a text in quotes");
  EXPECT_EQ(MessageOf("listen = ['a:1']"), "s.toml, line 1: listen must be a text in quotes");
}

TEST(ConfigFile, TrueAndFalseMayStandWithoutQuotes) {
  BrokerConfig config;
  ASSERT_TRUE(ApplyConfigText("reflection.enabled = false", "s.toml", config));
  EXPECT_EQ(config.reflection_enabled, "false");
  ASSERT_TRUE(ApplyConfigText("reflection.enabled = 'true'", "s.toml", config));
  EXPECT_EQ(config.reflection_enabled, "true");
}

TEST(ConfigFile, WhatIsNotTomlIsRefusedWithItsLine) {
  EXPECT_EQ(MessageOf("listen = 'a:1'\nlisten =\n").find("s.toml, line 2: "), 0u);
  EXPECT_EQ(MessageOf("listen = 'a:1'\nlisten = 'b:1'\n").find("s.toml, line 2: "), 0u);
}

class ConfigFileOnDisk : public ::testing::Test {
 protected:
  const testing::TempDir directory_;
  const std::string path_ = directory_ / "strata.toml";
};

TEST_F(ConfigFileOnDisk, IsRead) {
  std::ofstream(path_) << "log.level = 'debug'\n";
  BrokerConfig config;
  ASSERT_TRUE(ApplyConfigFile(path_, config));
  EXPECT_EQ(config.log_level, "debug");
}

TEST_F(ConfigFileOnDisk, MayBeEmpty) {
  std::ofstream(path_).flush();
  BrokerConfig config;
  EXPECT_TRUE(ApplyConfigFile(path_, config));
}

TEST_F(ConfigFileOnDisk, IsAnErrorIfItIsMissingOrADirectory) {
  BrokerConfig config;
  const auto missing = ApplyConfigFile("/nowhere/x.toml", config);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "cannot read the configuration file '/nowhere/x.toml': No such file or directory");
  const auto directory = ApplyConfigFile(directory_.path(), config);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message,
            "cannot read the configuration file '" + directory_.path() + "': Is a directory");
}

}  // namespace
}  // namespace strata::broker
