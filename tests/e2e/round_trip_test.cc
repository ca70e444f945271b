// What goes in comes out: byte for byte, and in order.

#include <map>
#include <sstream>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

class RoundTrip : public E2eTest {
 protected:
  // `input` as it comes back from a topic with one partition.
  std::string Through(std::string_view input, const std::vector<std::string>& how = {}) {
    strata_.Expect({"topic", "create", "t"});
    std::vector<std::string> produce = {"produce", "t"};
    produce.insert(produce.end(), how.begin(), how.end());
    strata_.Expect(produce, input);
    return strata_.Expect({"consume", "t", "--from", "beginning", "--exit-at-end"});
  }
};

std::string NumberedLines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += "line " + std::to_string(i) + " of a text file that is long\n";
  }
  return lines;
}

TEST_F(RoundTrip, AMillionLines) {
  const std::string input = NumberedLines(1'000'000);
  EXPECT_TRUE(SameBytes(Through(input), input));
}

TEST_F(RoundTrip, EmptyLines) {
  const std::string input = "\n\na\n\n\nb\n\n";
  EXPECT_EQ(Through(input), input);
}

TEST_F(RoundTrip, LinesOfOneMebibyte) {
  std::string input;
  for (int i = 0; i < 16; ++i) input += std::string(1 << 20, static_cast<char>('a' + i)) + "\n";
  EXPECT_TRUE(SameBytes(Through(input), input));
}

TEST_F(RoundTrip, NoLineAtAll) {
  EXPECT_EQ(Through(""), "");
}

TEST_F(RoundTrip, TheLastLineNeedsNoNewline) {
  EXPECT_EQ(Through("a\nb"), "a\nb\n");
}

TEST_F(RoundTrip, BytesThatAreNotText) {
  std::string input;
  for (int i = 0; i < 256; ++i) {
    input += "before";
    input += static_cast<char>(i);
    input += "after";
  }
  input += "\n\xff\xfe\xc0\x80\r\n";
  input += std::string(3, '\0') + "\n";
  EXPECT_TRUE(SameBytes(Through(input), input));
}

class Compressed : public RoundTrip, public ::testing::WithParamInterface<const char*> {};

TEST_P(Compressed, ComesBackAsItWas) {
  const std::string input = NumberedLines(20'000);
  EXPECT_TRUE(SameBytes(Through(input, {"--compression", GetParam()}), input));
}

INSTANTIATE_TEST_SUITE_P(Codecs, Compressed,
                         ::testing::Values("none", "gzip", "snappy", "lz4", "zstd"),
                         [](const auto& test) { return std::string(test.param); });

class Durable : public RoundTrip, public ::testing::WithParamInterface<const char*> {};

TEST_P(Durable, ComesBackAsItWas) {
  const std::string input = NumberedLines(1'000);
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t", "--durability", GetParam()}, input);
  // What is acknowledged before it is on disk can be read a moment later.
  EXPECT_TRUE(SameBytes(strata_.Expect({"consume", "t", "--max-records", "1000"}), input));
}

INSTANTIATE_TEST_SUITE_P(Levels, Durable, ::testing::Values("fsync", "os", "none"),
                         [](const auto& test) { return std::string(test.param); });

TEST_F(RoundTrip, RecordsOfOneKeyKeepTheirOrderAcrossManyPartitions) {
  constexpr int kRecords = 100'000;
  constexpr int kKeys = 997;
  strata_.Expect({"topic", "create", "t", "--partitions", "8"});
  std::string input;
  for (int i = 0; i < kRecords; ++i) {
    input += "key" + std::to_string(i % kKeys) + ":" + std::to_string(i) + "\n";
  }
  strata_.Expect({"produce", "t", "--key-separator", ":"}, input);

  struct Seen {
    int partition;
    int value;
  };
  std::map<std::string, Seen> newest;
  std::map<int, int> records_of_partition;
  std::istringstream output(strata_.Expect(
      {"consume", "t", "--from", "beginning", "--exit-at-end", "--format", "%p %k %s\\n"}));
  std::string key;
  int partition = 0;
  int value = 0;
  int records = 0;
  while (output >> partition >> key >> value) {
    ++records;
    ++records_of_partition[partition];
    EXPECT_EQ("key" + std::to_string(value % kKeys), key);
    const auto [seen, is_first] = newest.try_emplace(key, Seen{partition, value});
    if (is_first) continue;
    ASSERT_EQ(seen->second.partition, partition) << key;
    ASSERT_EQ(seen->second.value + kKeys, value) << key;
    seen->second.value = value;
  }
  EXPECT_EQ(records, kRecords);
  EXPECT_EQ(newest.size(), kKeys);
  EXPECT_EQ(records_of_partition.size(), 8U);
}

TEST_F(RoundTrip, TheFormatShowsEachPartOfARecord) {
  strata_.Expect({"topic", "create", "t", "--partitions", "3"});
  strata_.Expect({"produce", "t", "--key-separator", "\t", "--partition", "2"},
                 "k\tv\nsecond\tw\n");
  EXPECT_EQ(strata_.Expect({"consume", "t", "--from", "beginning", "--exit-at-end", "--format",
                            "%t/%p@%o\\t%k=%s\\n"}),
            "t/2@0\tk=v\nt/2@1\tsecond=w\n");
}

TEST_F(RoundTrip, ReadingBeginsAtAnOffsetAndEndsAfterACount) {
  strata_.Expect({"topic", "create", "t"});
  strata_.Expect({"produce", "t"}, "a\nb\nc\nd\n");
  EXPECT_EQ(strata_.Expect({"consume", "t", "--from", "1", "--max-records", "2"}), "b\nc\n");
}

TEST_F(RoundTrip, TopicsWithLikeNamesStayApart) {
  for (const char* topic : {"a", "a.b", "a_b", "A"}) {
    strata_.Expect({"topic", "create", topic});
    strata_.Expect({"produce", topic}, std::string(topic) + "\n");
  }
  for (const char* topic : {"a", "a.b", "a_b", "A"}) {
    EXPECT_EQ(strata_.Expect({"consume", topic, "--from", "beginning", "--exit-at-end"}),
              std::string(topic) + "\n");
  }
}

}  // namespace
}  // namespace strata::e2e
