// strata-log against the directories of a real broker: whole ones, and ones damaged by hand.

#include "tests/e2e/support/log_tool.h"

#include <gmock/gmock.h>

namespace strata::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(LogTool, ADirectoryThatWasClosedInOrderIsIntact) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const json report = Verify(0);
  EXPECT_EQ(report["intact"], true);
  EXPECT_THAT(report["findings"], IsEmpty()) << report;
  EXPECT_EQ(report["counts"]["records"], 200);
  EXPECT_GE(report["counts"]["segments"], 3);
  EXPECT_EQ(report["counts"]["groups"], 1);
  EXPECT_EQ(report["counts"]["cursors"], 1);
  EXPECT_GT(report["counts"]["metadata_entries"], 0);
}

TEST_F(LogTool, ADirectoryOfAKilledBrokerIsIntact) {
  Fill();
  strata_.Expect({"topic", "create", "other", "--partitions", "3"});
  strata_.Expect({"produce", "other"}, Lines(0));
  broker_.Kill();
  const json report = Verify(0);
  EXPECT_THAT(Found(report, "damage"), IsEmpty());
  EXPECT_EQ(report["counts"]["records"], 210);
}

TEST_F(LogTool, ADirectoryInUseIsRefused) {
  Fill();
  for (const std::string command : {"verify", "state", "index"}) {
    const Outcome outcome = RunCommand({STRATA_LOG_BINARY, command, Data()});
    EXPECT_EQ(outcome.status, 2) << command;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("DATA_DIR_IN_USE"), HasSubstr("hint: stop the broker")));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(LogTool, ABatchWithAFlippedByteIsNamedByPositionAndOffsets) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  for (const auto& segment : {SegmentsOf(Data()).front(), SegmentsOf(Data()).back()}) {
    const std::string good = ReadFile(segment);
    const json batch = Batches(segment).at(1);
    FlipByte(segment, std::int64_t{batch["position"]} + 100);
    const json report = Verify(1);
    ASSERT_EQ(Found(report, "damage").size(), 1U) << report;
    json finding = FirstDamage(report);
    EXPECT_EQ(finding["topic"], "t");
    EXPECT_EQ(finding["partition"], 0);
    EXPECT_EQ(finding["position"], batch["position"]);
    EXPECT_GE(finding["bytes"], batch["bytes"]);
    EXPECT_EQ(finding["first_offset"], batch["base_offset"]);
    EXPECT_EQ(finding["next_offset"], std::int64_t{batch["last_offset"]} + 1);
    EXPECT_THAT(std::string(finding["where"]), HasSubstr(segment.filename().string()));
    WriteFile(segment, good);
  }
  Verify(0);
}

TEST_F(LogTool, MissingSegmentsAreNamedByTheirOffsets) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segments = SegmentsOf(Data());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string good = ReadFile(segments[i]);
    const auto batches = Batches(segments[i]);
    const std::string range = "[" + batches.front()["base_offset"].dump() + ", " +
                              std::to_string(std::int64_t{batches.back()["last_offset"]} + 1) + ")";
    fs::remove(segments[i]);
    EXPECT_THAT(Found(Verify(1), "damage"), Contains(HasSubstr(range))) << segments[i];
    WriteFile(segments[i], good);
  }
}

TEST_F(LogTool, ASegmentThatWasCutIsDamaged) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  for (const auto& segment : {SegmentsOf(Data()).front(), SegmentsOf(Data()).back()}) {
    const std::string good = ReadFile(segment);
    const json last = Batches(segment).back();
    WriteFile(segment, good.substr(0, std::size_t{last["position"]} + 100));
    const std::string range = "[" + last["base_offset"].dump() + ", " +
                              std::to_string(std::int64_t{last["last_offset"]} + 1) + ")";
    EXPECT_THAT(Found(Verify(1), "damage"), Contains(HasSubstr(range)));
    WriteFile(segment, good);
  }
}

TEST_F(LogTool, HalfAWriteBehindWhatIsStableIsTornAndNoDamage) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).back();
  const json last = Batches(segment).back();
  const auto position = std::size_t{last["position"]};
  const auto end = position + std::size_t{last["bytes"]};
  std::string content = ReadFile(segment);
  // The beginning of a batch that would come next.
  std::string half = content.substr(position, 200);
  content.resize(end);
  WriteFile(segment, content + half);
  const json report = Verify(0);
  EXPECT_THAT(Found(report, "damage"), IsEmpty());
  EXPECT_EQ(Found(report, "torn").size(), 1U) << report;
}

TEST_F(LogTool, StrayFilesAreListedAndNoDamage) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).back();
  WriteFile(broker_.data_dir() / "notes.txt", "x");
  WriteFile(segment.string() + ".bak", "x");
  WriteFile(segment.string() + ".cut-at-7", "x");
  EXPECT_THAT(Found(Verify(0), "stray"),
              ::testing::UnorderedElementsAre(HasSubstr("notes.txt"), HasSubstr(".bak"),
                                              HasSubstr(".cut-at-7: set aside")));
}

TEST_F(LogTool, AMissingIndexIsOnlyAHintAndADamagedOneIsNamed) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  WriteFile(broker_.data_dir() / "index/CURRENT", "garbage");
  EXPECT_THAT(Found(Verify(1), "damage"), ElementsAre(HasSubstr("index: ")));
  fs::remove_all(broker_.data_dir() / "index");
  EXPECT_THAT(Found(Verify(0), "hint"), ElementsAre(HasSubstr("index: ")));
}

TEST_F(LogTool, AnIndexThatSpeaksOfOtherBatchesIsNamed) {
  Broker other(dir_ / "other");
  const StrataCommand to_other(other.address());
  for (const StrataCommand& strata : {strata_, to_other}) strata.Expect({"topic", "create", "t"});
  for (int batch = 0; batch < 20; ++batch) {
    strata_.Expect({"produce", "t"}, Lines(batch));
    to_other.Expect({"produce", "t"}, Lines(batch) + Lines(batch + 1));
  }
  ASSERT_EQ(broker_.Stop(), 0);
  ASSERT_EQ(other.Stop(), 0);
  fs::remove_all(broker_.data_dir() / "index");
  fs::copy(other.data_dir() / "index", broker_.data_dir() / "index", fs::copy_options::recursive);
  EXPECT_THAT(Found(Verify(1), "damage"),
              Contains(AllOf(HasSubstr("index, topics/0000000000000001/0"),
                             HasSubstr("where no batch begins"))));
}

TEST_F(LogTool, TellsPeopleWhatIsLostAndWhatToDo) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  FlipByte(SegmentsOf(Data()).front(), 100);
  const Outcome outcome = Run({"verify", Data()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("damage  topics/0000000000000001/0/00000000000000000000.log at 0, "),
                    // A first batch may go out with one record.
                    ContainsRegex(" bytes, offsets? 0( to [0-9]+)? of topic 't' partition 0: "),
                    HasSubstr("strata-log repair " + Data() + " --to NEWDIR")));
}

TEST_F(LogTool, ASegmentOfAnotherVersionIsSaidToBeOne) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).front();
  std::string content = ReadFile(segment);
  content[16] = 3;  // the magic of the first batch
  WriteFile(segment, content);
  EXPECT_THAT(Found(Verify(1), "damage"), ElementsAre(HasSubstr("a version that this build")));
}

TEST_F(LogTool, ADirectoryOfANewerFormatIsRefused) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  WriteFile(broker_.data_dir() / "FORMAT", "strata 999\n");
  const Outcome outcome = Run({"verify", Data()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("DATA_DIR_NEWER_FORMAT"));
}

TEST_F(LogTool, WhatCompactionHasLeftIsIntact) {
  strata_.Expect({"topic", "create", "t", "--config", "cleanup.policy=compact", "--config",
                  "segment.bytes=4096", "--config", "segment.ms=1000", "--config",
                  "min.cleanable.dirty.ratio=0"});
  for (int round = 0; round < 20; ++round) {
    std::string lines;
    for (int key = 0; key < 10; ++key) lines += "key" + std::to_string(key) + ":x\n";
    strata_.Expect({"produce", "t", "--key-separator", ":"}, lines);
  }
  ASSERT_EQ(broker_.Stop(), 0);
  Broker compacting(Data(), {"--cleanup-interval-ms", "20"});
  const StrataCommand strata(compacting.address());
  ASSERT_TRUE(Eventually([&] {
    return CountLines(strata.Expect({"consume", "t", "--from", "beginning", "--exit-at-end"})) ==
           10;
  }));
  compacting.Kill();
  EXPECT_THAT(Found(Verify(0), "damage"), IsEmpty());
  const std::string repaired = dir_ / "repaired";
  EXPECT_EQ(Run({"repair", Data(), "--to", repaired}).status, 0);
  Broker broker(repaired);
  EXPECT_EQ(CountLines(StrataCommand(broker.address())
                           .Expect({"consume", "t", "--from", "beginning", "--exit-at-end"})),
            10U);
}

TEST_F(LogTool, DamagedMetadataIsNamedAndTheLogsAreStillExamined) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  WriteFile(broker_.data_dir() / "meta/CURRENT", "garbage");
  const json report = Verify(1);
  EXPECT_THAT(Found(report, "damage"), Contains(HasSubstr("meta")));
  EXPECT_EQ(report["counts"]["records"], 200);
}

TEST_F(LogTool, ADamagedFormatFileIsNamed) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  WriteFile(broker_.data_dir() / "FORMAT", "strata garbage\n");
  EXPECT_THAT(Found(Verify(1), "damage"), Contains(HasSubstr("FORMAT")));
}

TEST_F(LogTool, QuickVerificationSeesAFlippedByteToo) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  Verify(0, {"--quick"});
  FlipByte(SegmentsOf(Data()).front(), 100);
  EXPECT_EQ(Found(Verify(1, {"--quick"}), "damage").size(), 1U);
}

TEST_F(LogTool, PrintsRecordsAsTheyWereProduced) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t", "--key-separator", ":"}, "k1:v1\nk2:v2\n");
  ASSERT_EQ(broker_.Stop(), 0);
  const Outcome outcome =
      Run({"segment", SegmentsOf(Data()).front(), "--records", "--output", "json"});
  EXPECT_EQ(outcome.status, 0);
  std::istringstream lines(outcome.out);
  std::vector<std::string> values;
  for (std::string line; std::getline(lines, line);) {
    const json parsed = json::parse(line);
    if (parsed["type"] == "record") {
      values.push_back(std::string(parsed["key"]) + "=" + std::string(parsed["value"]));
    }
  }
  EXPECT_THAT(values, ElementsAre("k1=v1", "k2=v2"));
}

TEST_F(LogTool, PrintsFromAnOffsetOnAndNoMoreThanAskedFor) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).front();
  const json third = Batches(segment).at(2);
  const Outcome outcome = Run({"segment", segment, "--from", third["last_offset"].dump(), "--max",
                               "1", "--output", "json"});
  EXPECT_EQ(CountLines(outcome.out), 1U);
  EXPECT_EQ(json::parse(outcome.out), third);
}

TEST_F(LogTool, PrintingASegmentGoesOnBehindDamage) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto segment = SegmentsOf(Data()).front();
  const auto whole = Batches(segment);
  FlipByte(segment, 100);
  EXPECT_EQ(Batches(segment).size(), whole.size() - 1);
  const Outcome outcome = Run({"segment", segment});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("does not fit its CRC"), HasSubstr("ends cleanly")));
}

TEST_F(LogTool, PrintsWhatIsKnownOfLogsGroupsAndMetadata) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const json state = json::parse(Run({"state", Data(), "--output", "json"}).out);
  EXPECT_EQ(state["clean"], true);
  ASSERT_EQ(state["logs"].size(), 1U);
  EXPECT_EQ(state["logs"][0]["stable"], 200);
  EXPECT_EQ(state["logs"][0]["clean_end"]["log_end"], 200);
  EXPECT_GE(state["logs"][0]["sealed"].size(), 2U);
  ASSERT_EQ(state["cursors"].size(), 1U);
  EXPECT_EQ(state["cursors"][0]["group"], "g");
  EXPECT_EQ(state["cursors"][0]["committed"], 200);
  EXPECT_THAT(state["metadata"].dump(), HasSubstr("topic/name/t"));
  EXPECT_THAT(Run({"state", Data()}).out, AllOf(HasSubstr("group 'g'"), HasSubstr("stable")));
}

TEST_F(LogTool, PrintsOnlyThePartitionThatWasAskedFor) {
  Fill();
  ASSERT_EQ(broker_.Stop(), 0);
  const auto shown = [&](const std::string& command, std::vector<std::string> more) {
    more.insert(more.begin(), {command, Data(), "--output", "json"});
    const json parsed = json::parse(Run(more).out);
    return command == "state" ? parsed["logs"].size() : parsed.size();
  };
  for (const std::string command : {"state", "index"}) {
    EXPECT_EQ(shown(command, {}), 1U);
    EXPECT_EQ(shown(command, {"--partition", "0"}), 1U);
    EXPECT_EQ(shown(command, {"--partition", "1"}), 0U);
    EXPECT_EQ(shown(command, {"--topic", "ffff"}), 0U);
  }
}

TEST(LogToolUsage, IsExplainedAndCheckedAtEveryCommand) {
  for (const std::string command : {"segment", "index", "state", "verify", "repair"}) {
    const Outcome help = RunCommand({STRATA_LOG_BINARY, command, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("--output"));
    const Outcome nothing = RunCommand({STRATA_LOG_BINARY, command});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_THAT(nothing.err, HasSubstr("hint: "));
    const Outcome unknown = RunCommand({STRATA_LOG_BINARY, command, "/proc", "--no-such-flag"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("--no-such-flag"));
  }
  EXPECT_EQ(RunCommand({STRATA_LOG_BINARY}).status, 2);
}

TEST(LogToolUsage, WhatIsNoDataDirectoryIsRefused) {
  const strata::testing::TempDir dir;
  for (const std::string& path : {dir.path(), dir / "none"}) {
    const Outcome outcome = RunCommand({STRATA_LOG_BINARY, "state", path});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("DATA_DIR_UNUSABLE"), HasSubstr(path)));
  }
  EXPECT_THAT(fs::directory_iterator(dir.path()), fs::directory_iterator());
}

}  // namespace
}  // namespace strata::e2e
