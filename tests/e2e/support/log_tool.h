// What the tests of strata-log begin with: a broker to fill a directory with, and the tool.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/support/damage.h"
#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {

using nlohmann::json;

class LogTool : public E2eTest {
 protected:
  // Runs strata-log, which must leave the data directory as it is.
  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), STRATA_LOG_BINARY);
    const auto before = Snapshot(Data());
    Outcome outcome = RunCommand(arguments);
    EXPECT_TRUE(Snapshot(Data()) == before) << arguments[1] << " has changed something";
    return outcome;
  }

  json Verify(int status, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"verify", Data(), "--output", "json"});
    const Outcome outcome = Run(more);
    EXPECT_EQ(outcome.status, status) << outcome.out << outcome.err;
    return json::parse(outcome.out);
  }

  static json FirstDamage(const json& report) {
    for (const json& finding : report["findings"]) {
      if (finding["severity"] == "damage") return finding;
    }
    return {};
  }

  // What verify finds of that severity, as "WHERE: WHAT" with offsets where they are known.
  std::vector<std::string> Found(const json& report, const std::string& severity) {
    std::vector<std::string> found;
    for (const json& finding : report["findings"]) {
      if (finding["severity"] != severity) continue;
      std::string line = finding["where"];
      if (finding.contains("first_offset")) {
        line += " [" + finding["first_offset"].dump() + ", " + finding["next_offset"].dump() + ")";
      }
      found.push_back(line + ": " + std::string(finding["what"]));
    }
    return found;
  }

  std::string Data() const { return broker_.data_dir().string(); }

  // A topic of one partition with segments of 64 KiB, and a group that has read all of it.
  void Fill() {
    strata_.Expect({"topic", "create", "t", "--config", "segment.bytes=65536"});
    for (int batch = 0; batch < 20; ++batch) strata_.Expect({"produce", "t"}, Lines(batch));
    strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  }

  // Ten lines of 1 KiB.
  static std::string Lines(int batch) {
    std::string lines;
    for (int i = 0; i < 10; ++i) {
      lines += std::to_string(batch * 10 + i) + std::string(1000, 'x') + "\n";
    }
    return lines;
  }

  // Where the batches of a segment begin.
  std::vector<json> Batches(const std::filesystem::path& segment) {
    std::vector<json> batches;
    std::istringstream lines(Run({"segment", segment, "--output", "json"}).out);
    for (std::string line; std::getline(lines, line);) {
      json parsed = json::parse(line);
      if (parsed["type"] == "batch") batches.push_back(std::move(parsed));
    }
    return batches;
  }
};

}  // namespace strata::e2e
