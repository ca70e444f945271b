// The page and the tables of keys say the same.

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/config/broker_config.h"
#include "broker/config/topic_config.h"

namespace strata::broker {
namespace {

std::vector<std::string> RowsOfPage(const std::string& heading) {
  std::ifstream page(STRATA_SOURCE_DIR "/broker/config/README.md");
  EXPECT_TRUE(page) << "the page is missing";
  std::vector<std::string> rows;
  std::string section;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0) section = line;
    if (section == "## " + heading && line.rfind("| `", 0) == 0) rows.push_back(line);
  }
  return rows;
}

template <class Config>
std::vector<std::string> RowsOfTable(const std::vector<ConfigKey<Config>>& keys) {
  std::vector<std::string> rows;
  for (const auto& key : keys) {
    const std::string value = key.field.get(Config());
    rows.push_back(fmt::format("| `{}` | {} | {} | {} |", key.name, value.empty() ? "empty" : value,
                               key.field.allowed, key.doc));
  }
  return rows;
}

TEST(ConfigPage, ListsEveryBrokerKeyAsItIs) {
  EXPECT_THAT(RowsOfPage("Broker"), ::testing::ElementsAreArray(RowsOfTable(BrokerConfigKeys())));
}

TEST(ConfigPage, ListsEveryTopicKeyAsItIs) {
  EXPECT_THAT(RowsOfPage("Topics"), ::testing::ElementsAreArray(RowsOfTable(TopicConfigKeys())));
}

// A TOML file could not set both a key and a key below it.
TEST(ConfigKeys, NoKeyIsTheBeginningOfAnother) {
  for (const auto& key : BrokerConfigKeys()) {
    for (const auto& other : BrokerConfigKeys()) {
      EXPECT_NE(other.name.rfind(std::string(key.name) + ".", 0), 0u) << key.name;
    }
  }
}

TEST(ConfigKeys, DocsAreSentencesWithoutAFullStop) {
  for (const auto& key : BrokerConfigKeys()) EXPECT_NE(key.doc.back(), '.') << key.name;
  for (const auto& key : TopicConfigKeys()) EXPECT_NE(key.doc.back(), '.') << key.name;
}

}  // namespace
}  // namespace strata::broker
