// strata-log repair: what is intact is served again by a real broker, byte for byte, at the same
// offsets; what is lost is named.

#include <gmock/gmock.h>

#include "tests/e2e/support/log_tool.h"

namespace strata::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogRepair : public LogTool {
 protected:
  std::string NewDir() const { return dir_ / "repaired"; }

  // Repairs into NewDir(), which must verify then.
  json Repair(int status) {
    const Outcome outcome = Run({"repair", Data(), "--to", NewDir(), "--output", "json"});
    EXPECT_EQ(outcome.status, status) << outcome.out << outcome.err;
    const Outcome verified = RunCommand({STRATA_LOG_BINARY, "verify", NewDir()});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    return json::parse(outcome.out);
  }

  // "OFFSET VALUE" of each record of the topic.
  static std::string ReadAll(const StrataCommand& strata, const std::string& topic = "t") {
    return strata.Expect(
        {"consume", topic, "--from", "beginning", "--exit-at-end", "--format", "%o %s\\n"});
  }

  // What Fill has written, without the records from `first` up to `next`.
  static std::string AllBut(std::int64_t first, std::int64_t next) {
    std::string expected;
    for (std::int64_t offset = 0; offset < 200; ++offset) {
      if (offset >= first && offset < next) continue;
      expected += std::to_string(offset) + " " + std::to_string(offset) + std::string(1000, 'x');
      expected += "\n";
    }
    return expected;
  }

  // A broker on the new directory serves all but these, and takes more behind the log end.
  void ExpectServed(std::int64_t first, std::int64_t next, std::int64_t log_end = 200) {
    Broker repaired{NewDir()};
    const StrataCommand strata(repaired.address());
    EXPECT_TRUE(SameBytes(ReadAll(strata), AllBut(first, next))) << repaired.Log();
    strata.Expect({"produce", "t"}, "more\n");
    EXPECT_THAT(ReadAll(strata), ::testing::EndsWith(std::to_string(log_end) + " more\n"));
    EXPECT_EQ(repaired.Stop(), 0) << repaired.Log();
    EXPECT_EQ(RunCommand({STRATA_LOG_BINARY, "verify", NewDir()}).status, 0);
  }

  // The only range of offsets that the repair says is lost.
  static std::pair<std::int64_t, std::int64_t> Lost(const json& report) {
    std::vector<json> damage;
    for (const json& finding : report["findings"]) {
      if (finding["severity"] == "damage") damage.push_back(finding);
    }
    EXPECT_EQ(damage.size(), 1U) << report;
    return {damage.at(0)["first_offset"], damage.at(0)["next_offset"]};
  }
};

TEST_F(LogRepair, AnIntactDirectoryIsCopiedByteForByte) {
  Fill();
  strata_.Expect({"topic", "describe", "t"});
  ASSERT_EQ(broker_.Stop(), 0);
  const json report = Repair(0);
  EXPECT_THAT(report["findings"], IsEmpty());
  EXPECT_EQ(report["counts"]["records"], 200);
  const auto before = SegmentsOf(Data());
  const auto after = SegmentsOf(NewDir());
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i + 1 < before.size(); ++i) {
    EXPECT_TRUE(SameBytes(ReadFile(after[i]), ReadFile(before[i])));
  }
  ExpectServed(0, 0);
}

TEST_F(LogRepair, ADirectoryOfAKilledBrokerKeepsEverything) {
  Fill();
  broker_.Kill();
  EXPECT_THAT(Found(Repair(0), "damage"), IsEmpty());
  ExpectServed(0, 0);
}

TEST_F(LogRepair, ADamagedBatchIsBridgedWhereverItLies) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segments = SegmentsOf(Data());
  const std::vector<std::pair<std::filesystem::path, std::size_t>> places = {
      {segments[0], 0}, {segments[0], 1}, {segments[1], 2}, {segments.back(), 0}};
  for (const auto& [segment, index] : places) {
    const std::string good = ReadFile(segment);
    const json batch = Batches(segment).at(index);
    FlipByte(segment, std::int64_t{batch["position"]} + 100);
    const auto [first, next] = Lost(Repair(1));
    EXPECT_EQ(first, batch["base_offset"]);
    EXPECT_EQ(next, std::int64_t{batch["last_offset"]} + 1);
    ExpectServed(first, next);
    std::filesystem::remove_all(NewDir());
    WriteFile(segment, good);
  }
}

TEST_F(LogRepair, ALastBatchThatWasStableIsBridgedSoThatItsOffsetsAreNotGivenAgain) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).back();
  const json last = Batches(segment).back();
  FlipByte(segment, std::int64_t{last["position"]} + 100);
  const auto [first, next] = Lost(Repair(1));
  EXPECT_EQ(first, last["base_offset"]);
  EXPECT_EQ(next, 200);
  ExpectServed(first, next);
}

TEST_F(LogRepair, MissingFilesAreBridgedOrLeftBehindTheLogStart) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  for (const auto& segment : SegmentsOf(Data())) {
    const std::string good = ReadFile(segment);
    const auto batches = Batches(segment);
    std::filesystem::remove(segment);
    const auto [first, next] = Lost(Repair(1));
    EXPECT_EQ(first, batches.front()["base_offset"]);
    EXPECT_EQ(next, std::int64_t{batches.back()["last_offset"]} + 1);
    ExpectServed(first, next);
    std::filesystem::remove_all(NewDir());
    WriteFile(segment, good);
  }
}

TEST_F(LogRepair, ATornTailIsLeftOut) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).back();
  const json last = Batches(segment).back();
  std::string content = ReadFile(segment);
  content.resize(std::size_t{last["position"]} + std::size_t{last["bytes"]});
  WriteFile(segment, content + content.substr(std::size_t{last["position"]}, 200));
  const json report = Repair(0);
  EXPECT_THAT(Found(report, "damage"), IsEmpty());
  EXPECT_EQ(Found(report, "torn").size(), 1U);
  ExpectServed(0, 0);
}

TEST_F(LogRepair, GroupsGoOnWhereTheyWere) {
  Fill();
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "150"});
  ASSERT_EQ(broker_.Stop(), 0);
  FlipByte(SegmentsOf(Data()).front(), 100);
  Repair(1);
  Broker repaired{NewDir()};
  const StrataCommand strata(repaired.address());
  EXPECT_EQ(CountLines(strata.Expect({"consume", "t", "--group", "g", "--exit-at-end"})), 50U);
}

TEST_F(LogRepair, AGroupReadsOnAcrossWhatIsLost) {
  Fill();
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "beginning"});
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).front();
  FlipByte(segment, std::int64_t{Batches(segment).at(1)["position"]} + 100);
  FlipByte(SegmentsOf(Data()).back(), 100);
  Repair(1);
  Broker repaired{NewDir()};
  const StrataCommand strata(repaired.address());
  const std::string format = "%o %s\\n";
  EXPECT_EQ(strata.Expect({"consume", "t", "--group", "g", "--exit-at-end", "--format", format}),
            ReadAll(strata));
}

TEST_F(LogRepair, ALogWithoutAnyFileGoesOnBehindWhatIsLost) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  for (const auto& segment : SegmentsOf(Data())) std::filesystem::remove(segment);
  const auto [first, next] = Lost(Repair(1));
  EXPECT_EQ(first, 0);
  EXPECT_EQ(next, 200);
  ExpectServed(0, 200);
}

TEST_F(LogRepair, MetadataThatCannotBeOpenedIsSalvaged) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  WriteFile(broker_.data_dir() / "meta/CURRENT", "garbage");
  EXPECT_THAT(Found(Repair(1), "damage"), Contains(HasSubstr("salvaged")));
  ExpectServed(0, 0);
}

TEST_F(LogRepair, WithoutAnyMetadataAllRecordsAreServedUnderANewName) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  std::filesystem::remove_all(broker_.data_dir() / "meta");
  EXPECT_THAT(Found(Repair(1), "damage"),
              AllOf(Contains(HasSubstr("nothing could be salvaged")),
                    Contains(HasSubstr("it is called 'recovered-0000000000000001' now"))));
  Broker repaired{NewDir()};
  const StrataCommand strata(repaired.address());
  EXPECT_TRUE(SameBytes(ReadAll(strata, "recovered-0000000000000001"), AllBut(0, 0)));
  strata.Expect({"topic", "create", "fresh"});
  EXPECT_EQ(ReadAll(strata, "fresh"), "") << "it has an id of its own";
}

TEST_F(LogRepair, ATargetThatIsNotEmptyIsRefusedAndLeftAlone) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  std::filesystem::create_directory(NewDir());
  WriteFile(NewDir() + "/precious", "x");
  for (const std::string& target : {NewDir(), Data(), NewDir() + "/precious"}) {
    const Outcome outcome = Run({"repair", Data(), "--to", target});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("DATA_DIR_UNUSABLE"), HasSubstr(target)));
  }
  EXPECT_EQ(ReadFile(NewDir() + "/precious"), "x");
}

TEST_F(LogRepair, ADirectoryInUseIsRefused) {
  Fill();
  const Outcome outcome = RunCommand({STRATA_LOG_BINARY, "repair", Data(), "--to", NewDir()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("DATA_DIR_IN_USE"));
  EXPECT_FALSE(std::filesystem::exists(NewDir()));
}

}  // namespace
}  // namespace strata::e2e
