// The page of metrics and what a broker answers say the same.

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/server/broker.h"
#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

// "| `name` | kind | meaning |" for each metric of the page.
std::set<std::string> RowsOfPage() {
  std::ifstream page(STRATA_SOURCE_DIR "/broker/metrics/README.md");
  std::set<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| `", 0) == 0) rows.insert(line);
  }
  return rows;
}

// The same, made from "# HELP name meaning" and "# TYPE name kind".
std::set<std::string> RowsOfAnswer(const std::string& answer) {
  std::set<std::string> rows;
  std::istringstream lines(answer);
  std::string help, meaning;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, what, name, rest;
    words >> mark >> what >> name >> std::ws;
    std::getline(words, rest);
    if (mark == "#" && what == "HELP") meaning = rest;
    if (mark == "#" && what == "TYPE")
      rows.insert("| `" + name + "` | " + rest + " | " + meaning + " |");
  }
  return rows;
}

TEST(MetricsPage, ListsEveryMetricAsItIs) {
  strata::testing::TempDir directory;
  BrokerConfig config;
  config.data_dir = directory / "data";
  auto broker = Broker::Open(config);
  ASSERT_TRUE(broker) << broker.error().message;
  (*broker)->metrics().CountAppendError(ErrorCode::DISK_FULL);  // shown from the first one on
  std::set<std::string> shown;
  // What a scrape does not wait for comes with the next one.
  for (int i = 0; i < 60 && shown != RowsOfPage(); ++i) {
    shown = RowsOfAnswer((*broker)->metrics().Render());
  }
  EXPECT_EQ(shown, RowsOfPage());
}

}  // namespace
}  // namespace strata::broker
