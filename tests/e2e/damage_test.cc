// Somebody has damaged a data directory by hand: the broker says what is wrong, serves all that is
// intact, and changes nothing.

#include <csignal>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRecords = 14;  // three in each segment: these begin at 0, 3, 6, 9 and 12

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    strata_.Expect({"topic", "create", "t", "--config", "segment.bytes=4096"});
    for (int i = 0; i < kRecords; ++i) {
      strata_.Expect({"produce", "t", "--compression", "none"}, Line(i));
    }
    ASSERT_EQ(SegmentFile(12).filename(), "00000000000000000012.log");
    ASSERT_TRUE(fs::exists(SegmentFile(12)));
  }

  // A record with its offset in front.
  static std::string Line(int i) { return std::to_string(i) + " " + std::string(1200, 'x') + "\n"; }

  fs::path SegmentFile(int base_offset) const {
    std::string name = std::to_string(base_offset);
    name.insert(0, 20 - name.size(), '0');
    return broker_.data_dir() / "topics" / "0000000000000001" / "0" / (name + ".log");
  }

  // What every file that stands below `directory` holds, but those that say who uses it.
  using Files = std::map<std::string, std::string>;
  static Files FilesBelow(const fs::path& directory) {
    Files files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file() || entry.path().filename() == "LOCK") continue;
      files[entry.path()] = ReadFile(entry.path());
    }
    return files;
  }

  // EXPECT_EQ would print them all.
  static void ExpectSameFiles(const Files& before, const Files& after) {
    for (const auto& [path, content] : before) {
      const auto found = after.find(path);
      ASSERT_NE(found, after.end()) << path << " is gone";
      EXPECT_TRUE(SameBytes(found->second, content)) << path;
    }
    EXPECT_EQ(after.size(), before.size()) << "there are new ones";
  }

  static void Overwrite(const fs::path& file, std::size_t position, const std::string& bytes) {
    std::string content = ReadFile(file);
    content.replace(position, bytes.size(), bytes);
    WriteFile(file, content);
  }

  // Every record that can be read, going on behind each hole where the error says that one may.
  std::vector<int> Readable() {
    std::vector<int> found;
    std::string from = "beginning";
    while (true) {
      const Outcome read =
          strata_({"consume", "t", "--from", from, "--exit-at-end", "--format", "%o %s\\n"});
      std::istringstream lines(read.out);
      int offset = 0;
      int number = 0;
      std::string filling;
      while (lines >> offset >> number >> filling) {
        EXPECT_EQ(offset, number);
        found.push_back(offset);
      }
      if (read.status == 0) return found;
      const std::string next = "the next good offset is ";
      const auto at = read.err.find(next);
      EXPECT_NE(at, std::string::npos) << read.err;
      if (at == std::string::npos) return found;
      from = std::to_string(std::stoi(read.err.substr(at + next.size())));
    }
  }

  // Damages the directory of the stopped broker. Everything but `lost` is served afterwards, what
  // is lost is reported, and nothing is changed.
  void DamageAndStart(const std::function<void()>& damage, const std::set<int>& lost) {
    ASSERT_EQ(broker_.Stop(), 0);
    damage();
    const auto before = FilesBelow(broker_.data_dir() / "topics");
    broker_.Start();
    std::vector<int> expected;
    for (int i = 0; i < kRecords; ++i) {
      if (!lost.contains(i)) expected.push_back(i);
    }
    EXPECT_EQ(Readable(), expected);
    ExpectSameFiles(before, FilesBelow(broker_.data_dir() / "topics"));

    const std::string description = strata_.Expect({"topic", "describe", "t"});
    if (lost.empty()) {
      EXPECT_THAT(description, Not(HasSubstr("cannot be read")));
    } else {
      EXPECT_THAT(description, HasSubstr("offsets " + std::to_string(*lost.begin()) + " to " +
                                         std::to_string(*lost.rbegin()) + " cannot be read"));
      EXPECT_THAT(broker_.Log(), HasSubstr("the next good one is"));
    }
    strata_.Expect({"produce", "t", "--compression", "none"}, Line(kRecords));
    expected.push_back(kRecords);
    EXPECT_EQ(Readable(), expected);
    for (const auto& [path, content] : before) {
      EXPECT_TRUE(ReadFile(path).starts_with(content.substr(0, content.find_last_not_of('\0'))))
          << path;
    }
  }

  strata::testing::TempDir dir_;
  Broker broker_{dir_ / "data"};
  StrataCommand strata_{broker_.address()};
};

TEST_F(Damage, BytesOverwrittenInASealedSegment) {
  DamageAndStart([this] { Overwrite(SegmentFile(3), 1700, "damage"); }, {4});
}

TEST_F(Damage, ABatchHeaderOverwrittenInASealedSegment) {
  DamageAndStart([this] { Overwrite(SegmentFile(3), 0, std::string(61, '\xff')); }, {3});
}

TEST_F(Damage, BytesOverwrittenInTheActiveSegment) {
  DamageAndStart([this] { Overwrite(SegmentFile(12), 300, "damage"); }, {12});
}

TEST_F(Damage, ASegmentCut) {
  DamageAndStart([this] { fs::resize_file(SegmentFile(6), 2000); }, {7, 8});
}

TEST_F(Damage, ASegmentRemoved) {
  DamageAndStart([this] { fs::remove(SegmentFile(6)); }, {6, 7, 8});
}

TEST_F(Damage, TheFirstSegmentRemoved) {
  DamageAndStart([this] { fs::remove(SegmentFile(0)); }, {0, 1, 2});
}

TEST_F(Damage, TheIndexRemoved) {
  DamageAndStart([this] { fs::remove_all(broker_.data_dir() / "index"); }, {});
}

TEST_F(Damage, TheIndexFullOfGarbage) {
  DamageAndStart(
      [this] {
        for (const auto& [path, content] : FilesBelow(broker_.data_dir() / "index")) {
          WriteFile(path, std::string(content.size(), '\xa5'));
        }
      },
      {});
}

TEST_F(Damage, TheLastSegmentRemovedTakesNoAppendsButIsServed) {
  ASSERT_EQ(broker_.Stop(), 0);
  fs::remove(SegmentFile(12));
  const auto before = FilesBelow(broker_.data_dir() / "topics");
  broker_.Start();
  const Outcome read =
      strata_({"consume", "t", "--from", "beginning", "--exit-at-end", "--format", "%o\\n"});
  EXPECT_EQ(CountLines(read.out), 12u);
  EXPECT_THAT(strata_({"produce", "t"}, "x\n").err, HasSubstr("CORRUPT_LOG"));
  EXPECT_THAT(strata_.Expect({"topic", "describe", "t"}), HasSubstr("is damaged at position"));
  ExpectSameFiles(before, FilesBelow(broker_.data_dir() / "topics"));
}

TEST_F(Damage, AGroupIsToldWhereItMayGoOnAndASeekTakesItThere) {
  ASSERT_EQ(broker_.Stop(), 0);
  Overwrite(SegmentFile(3), 1700, "damage");
  broker_.Start();
  const std::vector<std::string> consume = {"consume",       "t",        "--group", "g",
                                            "--exit-at-end", "--format", "%o\\n"};
  const Outcome first = strata_(consume);
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(first.out, "0\n1\n2\n3\n");
  EXPECT_THAT(first.err, HasSubstr("the next good offset is 5"));
  strata_.Expect({"group", "seek", "g", "--topic", "t", "--to", "5"});
  EXPECT_EQ(strata_.Expect(consume), "5\n6\n7\n8\n9\n10\n11\n12\n13\n");
}

class DamageOfOnePartition : public Damage {
 protected:
  void SetUp() override {
    strata_.Expect({"topic", "create", "two", "--partitions", "2"});
    std::string lines;
    for (int i = 0; i < 20; ++i) lines += "key" + std::to_string(i) + ":x\n";
    Produce(lines);
    of_other_ =
        strata_.Expect({"consume", "two", "--partition", "1", "--exit-at-end", "--format", "%k\n"});
    ASSERT_NE(of_other_, "");
    ASSERT_EQ(broker_.Stop(), 0);
    WriteFile(broker_.data_dir() / "topics/0000000000000001/0/00000000000000000000.log", "nothing");
    broker_.Start();
  }

  void Produce(const std::string& lines) {
    strata_.Expect({"produce", "two", "--key-separator", ":"}, lines);
  }

  std::string of_other_;  // keys in the partition that is sound
};

TEST_F(DamageOfOnePartition, LetsAGroupReadTheOthersToTheEnd) {
  const Outcome read =
      strata_({"consume", "two", "--group", "g", "--exit-at-end", "--format", "%k\n"});
  EXPECT_EQ(read.status, 1);
  EXPECT_EQ(read.out, of_other_);
  EXPECT_THAT(read.err, HasSubstr("strata group seek g --topic two --partition 0 --to"));
  EXPECT_THAT(read.err, HasSubstr("of topic 'two'"));
}

TEST_F(DamageOfOnePartition, LetsAMemberGoOnWithTheOthersWhenTheBrokerIsBack) {
  Background member(strata_, {"consume", "two", "--group", "g", "--format", "%k\n"});
  const std::string damaged = "partition 0 of 'two' is lost";
  ASSERT_TRUE(member.process().WaitUntil([&] {
    return member.Output() == of_other_ && member.Errors().find(damaged) != std::string::npos;
  })) << member.Errors();
  broker_.Kill();
  broker_.Start();
  const std::string key = of_other_.substr(0, of_other_.find('\n'));
  Produce(key + ":y\n");
  EXPECT_TRUE(member.process().WaitUntil([&] {
    const std::string errors = member.Errors();
    return member.Output().ends_with("\n" + key + "\n") &&
           errors.find(damaged) != errors.rfind(damaged);
  })) << member.Errors();
  member.process().Signal(SIGINT);
  EXPECT_EQ(member.process().Wait(), 1);
  EXPECT_THAT(member.Errors(), HasSubstr("1 of the group's partitions could not be read"));
}

TEST_F(Damage, OneTopicDoesNotHinderTheOthers) {
  strata_.Expect({"topic", "create", "other"});
  strata_.Expect({"produce", "other"}, "fine\n");
  ASSERT_EQ(broker_.Stop(), 0);
  for (const int base : {0, 3, 6, 9, 12}) WriteFile(SegmentFile(base), "nothing is left of it");
  broker_.Start();
  EXPECT_EQ(strata_.Expect({"consume", "other", "--from", "beginning", "--exit-at-end"}), "fine\n");
  strata_.Expect({"produce", "other"}, "still fine\n");
}

TEST_F(Damage, DamagedMetadataRefusesTheStartAndAllStaysAsItIs) {
  ASSERT_EQ(broker_.Stop(), 0);
  const fs::path current = broker_.data_dir() / "meta" / "CURRENT";
  const std::string sound = ReadFile(current);
  WriteFile(current, "MANIFEST-nonsense\n");
  const auto before = FilesBelow(broker_.data_dir());
  const Outcome start = RunCommand({STRATAD_BINARY, "--data-dir", broker_.data_dir(), "--listen",
                                    "127.0.0.1:0", "--http-listen", "off"});
  EXPECT_EQ(start.status, 1);
  EXPECT_THAT(start.err, HasSubstr((broker_.data_dir() / "meta").string()));
  EXPECT_THAT(start.err, HasSubstr("left as it is"));
  ExpectSameFiles(before, FilesBelow(broker_.data_dir()));

  WriteFile(current, sound);
  broker_.Start();
  EXPECT_EQ(Readable().size(), static_cast<std::size_t>(kRecords));
}

}  // namespace
}  // namespace strata::e2e
