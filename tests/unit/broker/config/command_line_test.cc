#include "broker/config/command_line.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/server/version.h"
#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

using ::testing::HasSubstr;

TEST(CommandLine, WithoutFlagsEverythingIsAtItsDefault) {
  const auto command_line = ParseCommandLine({});
  ASSERT_TRUE(command_line);
  EXPECT_EQ(command_line->config, BrokerConfig());
  EXPECT_EQ(command_line->print, "");
  EXPECT_EQ(command_line->port_file, "");
}

TEST(CommandLine, TheFlagsOfTheContractWork) {
  const auto command_line = ParseCommandLine(
      {"--data-dir", "/d", "--listen", "localhost:1", "--http-listen=off", "--port-file", "p"});
  ASSERT_TRUE(command_line) << command_line.error().message;
  EXPECT_EQ(command_line->config.data_dir, "/d");
  EXPECT_EQ(command_line->config.listen, "localhost:1");
  EXPECT_EQ(command_line->config.http_listen, "");
  EXPECT_EQ(command_line->port_file, "p");
}

TEST(CommandLine, AnEmptyValueIsAValue) {
  const auto command_line = ParseCommandLine({"--http-listen", "", "--log-level", "debug"});
  ASSERT_TRUE(command_line) << command_line.error().message;
  EXPECT_EQ(command_line->config.http_listen, "");
  EXPECT_EQ(command_line->config.log_level, "debug");
}

TEST(CommandLine, EveryKeyIsAFlag) {
  for (const auto& key : BrokerConfigKeys()) {
    const std::string value = key.field.get(BrokerConfig());
    const auto command_line = ParseCommandLine({FlagOfKey(key.name), value});
    ASSERT_TRUE(command_line) << key.name << ": " << command_line.error().message;
    EXPECT_EQ(command_line->config, BrokerConfig());
  }
}

TEST(CommandLine, AFlagWinsOverTheFileAndTheFileOverTheDefault) {
  const testing::TempDir directory;
  const std::string path = directory / "strata.toml";
  std::ofstream(path) << "log.level = 'debug'\nlog.writers = 3\n";
  const auto command_line = ParseCommandLine({"--log-level", "error", "--config", path});
  ASSERT_TRUE(command_line) << command_line.error().message;
  EXPECT_EQ(command_line->config.log_level, "error");
  EXPECT_EQ(command_line->config.log_writers, 3);
  EXPECT_EQ(command_line->config.listen, BrokerConfig().listen);
}

TEST(CommandLine, BadFlagsAndValuesAreErrorsThatNameThem) {
  const auto unknown = ParseCommandLine({"--lisen", "x:1"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::INVALID_ARGUMENT);
  EXPECT_THAT(unknown.error().message, HasSubstr("--lisen"));

  const auto value = ParseCommandLine({"--listen", "x"});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::INVALID_CONFIG);
  EXPECT_THAT(value.error().message, HasSubstr("--listen cannot be 'x': use HOST:PORT"));

  EXPECT_FALSE(ParseCommandLine({"--listen"}));
  EXPECT_FALSE(ParseCommandLine({"stray"}));
  EXPECT_FALSE(ParseCommandLine({"--config", "/nowhere"}));
}

TEST(CommandLine, HelpNamesEveryFlagWithItsDefault) {
  const auto command_line = ParseCommandLine({"--help"});
  ASSERT_TRUE(command_line);
  for (const auto& key : BrokerConfigKeys()) {
    EXPECT_THAT(command_line->print, HasSubstr(FlagOfKey(key.name) + " "));
  }
  EXPECT_THAT(command_line->print, HasSubstr("--config FILE"));
  EXPECT_THAT(command_line->print, HasSubstr("default: 127.0.0.1:7070"));
}

TEST(CommandLine, VersionIsPrinted) {
  const auto command_line = ParseCommandLine({"--version"});
  ASSERT_TRUE(command_line);
  EXPECT_EQ(command_line->print, "stratad " + std::string(kVersion) + "\n");
}

}  // namespace
}  // namespace strata::broker
