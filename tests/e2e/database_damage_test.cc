// Somebody has damaged the files of a database by hand, each of them in each way. Without the index
// a broker serves everything. Where it refuses to start for what it knows of topics, groups and
// logs, it names the file and the remedy, and the remedy works.

#include <memory>
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/e2e/support/log_tool.h"

namespace strata::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

struct Harm {
  const char* name;
  void (*apply)(const fs::path& file);
};

const Harm kHarms[] = {
    {"Overwritten",
     [](const fs::path& file) {
       std::string content = ReadFile(file);
       for (std::size_t i = content.size() / 3; i < content.size() * 2 / 3; ++i) content[i] ^= 0x55;
       WriteFile(file, content);
     }},
    {"Cut", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }},
    {"Removed", [](const fs::path& file) { fs::remove(file); }},
};

class DatabaseDamage : public LogTool {
 protected:
  // Databases with all kinds of files: several starts have left tables.
  void SetUp() override {
    strata_.Expect({"topic", "create", "t", "--config", "segment.bytes=65536"});
    for (int i = 0; i < kRecords; ++i) {
      if (i % 4 == 3) {
        EXPECT_EQ(broker_.Stop(), 0);
        broker_.Start();
      }
      strata_.Expect({"produce", "t"}, Line(i) + "\n");
      strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
    }
    ASSERT_EQ(broker_.Stop(), 0);
  }

  static constexpr int kRecords = 10;
  static std::string Line(int i) { return std::to_string(i) + std::string(10'000, 'x'); }

  // Calls `check` with the path of each file of a database, harmed in each way in a copy of the
  // data directory.
  template <class Check>
  void HarmEach(const std::string& database, Check check) {
    int files = 0;
    for (const auto& entry : fs::directory_iterator(broker_.data_dir() / database)) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || name == "LOCK" || entry.file_size() == 0) continue;
      ++files;
      for (const Harm& harm : kHarms) {
        SCOPED_TRACE(name + " " + harm.name);
        const fs::path copy = dir_ / (name + harm.name);
        fs::copy(broker_.data_dir(), copy, fs::copy_options::recursive);
        const fs::path file = copy / database / name;
        harm.apply(file);
        check(copy, file);
        fs::remove_all(copy);
      }
    }
    EXPECT_GE(files, 5);
  }

  // All records are there, under whatever name, and the group has kept its place if it must.
  void ExpectServes(const Broker& broker, bool with_group) {
    const StrataCommand strata(broker.address());
    const json topics = json::parse(strata.Expect({"topic", "list", "--output", "json"}));
    const std::string topic = topics.dump().find("recovered-0000000000000001") != std::string::npos
                                  ? "recovered-0000000000000001"
                                  : "t";
    std::string expected;
    for (int i = 0; i < kRecords; ++i) expected += std::to_string(i) + " " + Line(i) + "\n";
    EXPECT_TRUE(SameBytes(strata.Expect({"consume", topic, "--from", "beginning", "--exit-at-end",
                                         "--format", "%o %s\\n"}),
                          expected));
    strata.Expect({"produce", topic}, "more\n");
    if (!with_group) return;
    EXPECT_EQ(strata.Expect({"consume", topic, "--group", "g", "--exit-at-end"}), "more\n");
  }

  // Files below the directory with their content, but for those that say who uses it.
  static std::map<std::string, std::string> Contents(const fs::path& directory) {
    std::map<std::string, std::string> contents;
    for (const auto& [path, file] : Snapshot(directory)) {
      if (!path.ends_with("LOCK")) contents[path] = file.content;
    }
    return contents;
  }

  void RepairAndExpectServed(const fs::path& damaged, bool with_group, bool salvages) {
    const std::string repaired = damaged.string() + "-repaired";
    const Outcome outcome = RunCommand({STRATA_LOG_BINARY, "repair", damaged, "--to", repaired});
    EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("damage  "));
    EXPECT_EQ(outcome.out.find("nothing could be salvaged") == std::string::npos, salvages)
        << outcome.out;
    Broker broker(repaired);
    ExpectServes(broker, with_group);
    EXPECT_EQ(broker.Stop(), 0);
    fs::remove_all(repaired);
  }
};

TEST_F(DatabaseDamage, OfTheIndexHindersNobody) {
  HarmEach("index", [this](const fs::path& copy, const fs::path&) {
    Broker broker(copy);
    ExpectServes(broker, /*with_group=*/true);
    EXPECT_EQ(broker.Stop(), 0);
  });
}

TEST_F(DatabaseDamage, OfTheMetadataIsHarmlessOrNamedAndRepaired) {
  int refused = 0;
  HarmEach("meta", [&](const fs::path& copy, const fs::path& file) {
    const auto before = Contents(copy);
    const std::string name = file.filename();
    std::unique_ptr<Broker> broker;
    try {
      broker = std::make_unique<Broker>(copy);
    } catch (const std::runtime_error& refusal) {
      ++refused;
      EXPECT_THAT(refusal.what(),
                  AllOf(AnyOf(HasSubstr(name), HasSubstr("lacks the log with the number")),
                        HasSubstr("left as it is"),
                        HasSubstr("strata-log repair " + copy.string() + " --to NEWDIR")));
    }
    if (broker) {
      ExpectServes(*broker, /*with_group=*/true);
      EXPECT_EQ(broker->Stop(), 0);
      return;
    }
    EXPECT_TRUE(Contents(copy) == before) << "something has changed";
    const bool holds_entries = name.ends_with(".sst") || name.ends_with(".log");
    RepairAndExpectServed(copy, /*with_group=*/!holds_entries, /*salvages=*/true);
  });
  EXPECT_GE(refused, 6);
}

TEST_F(DatabaseDamage, AllOfTheMetadataRemoved) {
  fs::remove_all(broker_.data_dir() / "meta");
  EXPECT_THROW(broker_.Start(), std::runtime_error);
  EXPECT_THAT(broker_.Log(),
              HasSubstr("strata-log repair " + broker_.data_dir().string() + " --to NEWDIR"));
  RepairAndExpectServed(broker_.data_dir(), /*with_group=*/false, /*salvages=*/false);
}

TEST_F(DatabaseDamage, TheFormatFileRemovedOrOverwritten) {
  for (const std::string content : {"", "strata garbage\n"}) {
    fs::remove(broker_.data_dir() / "FORMAT");
    if (!content.empty()) WriteFile(broker_.data_dir() / "FORMAT", content);
    EXPECT_THROW(broker_.Start(), std::runtime_error);
    const std::string log = broker_.Log();
    EXPECT_THAT(log, AllOf(HasSubstr("FORMAT"), HasSubstr("strata-log repair")));
    const Outcome outcome =
        RunCommand({STRATA_LOG_BINARY, "repair", Data(), "--to", dir_ / "repaired"});
    EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
    Broker repaired(dir_ / "repaired");
    ExpectServes(repaired, /*with_group=*/true);
    EXPECT_EQ(repaired.Stop(), 0);
    fs::remove_all(dir_ / "repaired");
  }
}

}  // namespace
}  // namespace strata::e2e
