// Whatever a person may get wrong at the command line: one plain sentence and a hint on standard
// error, nothing on standard output, exit status 1 (the broker refused) or 2 (wrong usage).

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct BadCommand {
  const char* name;
  std::vector<std::string> arguments;
  int status;
  const char* says;  // a part of the sentence
  std::string input = "";
};

class BadCommandTest : public E2eTest {
 protected:
  BadCommandTest() {
    strata_.Expect({"topic", "create", "t", "--partitions", "2"});
    strata_.Expect({"produce", "t"}, "a\n");
  }

  std::string State() const {
    return strata_.Expect({"topic", "describe", "t", "--output", "json"}) +
           strata_.Expect({"topic", "list"}) + strata_.Expect({"group", "list"});
  }

  void ExpectEachRefused(const std::vector<BadCommand>& commands) {
    const std::string before = State();
    for (const BadCommand& bad : commands) {
      SCOPED_TRACE(bad.name);
      ExpectRefused(bad);
    }
    EXPECT_EQ(State(), before);
    EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  }

  void ExpectRefused(const BadCommand& bad) {
    const Outcome outcome = strata_(bad.arguments, bad.input);
    EXPECT_EQ(outcome.status, bad.status) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(bad.says));
    EXPECT_THAT(outcome.err, StartsWith("strata: "));
    EXPECT_THAT(outcome.err, HasSubstr("\nhint: "));
    EXPECT_EQ(CountLines(outcome.err), 2U) << outcome.err;
    EXPECT_LT(outcome.err.size(), 1000U) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
};

std::vector<BadCommand> Topics() {
  const std::string long_name(300, 'x');
  return {
      {"create parent path", {"topic", "create", "../x"}, 1, "../x"},
      {"create dot", {"topic", "create", "."}, 1, "topic"},
      {"create dots", {"topic", "create", ".."}, 1, "topic"},
      {"create empty name", {"topic", "create", ""}, 1, "topic"},
      {"create long name", {"topic", "create", long_name}, 1, "topic"},
      {"create slash", {"topic", "create", "a/b"}, 1, "a/b"},
      {"create newline", {"topic", "create", "a\nb"}, 1, "topic"},
      {"create not utf8", {"topic", "create", "a\xff"}, 1, "topic"},
      {"create escape", {"topic", "create", "\x1b[31mred"}, 1, "topic"},
      {"create twice", {"topic", "create", "t"}, 1, "t"},
      {"create no partitions", {"topic", "create", "u", "--partitions", "0"}, 2, "partition"},
      {"create minus one", {"topic", "create", "u", "--partitions", "-1"}, 2, "partition"},
      {"create a million", {"topic", "create", "u", "--partitions", "1000000"}, 1, "partition"},
      {"create not a number", {"topic", "create", "u", "--partitions", "many"}, 2, "partitions"},
      {"create number too big",
       {"topic", "create", "u", "--partitions", "99999999999999999999"},
       2,
       "partitions"},
      {"create unknown key", {"topic", "create", "u", "--config", "no.such=1"}, 1, "no.such"},
      {"create bad value", {"topic", "create", "u", "--config", "durability=maybe"}, 1, "maybe"},
      {"create no equals", {"topic", "create", "u", "--config", "durability"}, 2, "durability"},
      {"create without name", {"topic", "create"}, 2, "NAME"},
      {"describe unknown", {"topic", "describe", "none"}, 1, "none"},
      {"alter unknown", {"topic", "alter", "none", "--config", "durability=os"}, 1, "none"},
      {"alter unknown key", {"topic", "alter", "t", "--config", "no.such=1"}, 1, "no.such"},
      {"delete unknown", {"topic", "delete", "none"}, 1, "none"},
      {"delete bad name", {"topic", "delete", "../t"}, 1, "../t"},
  };
}

std::vector<BadCommand> Records() {
  return {
      {"produce unknown topic", {"produce", "none"}, 1, "none", "a\n"},
      {"produce bad name", {"produce", "../x"}, 1, "../x", "a\n"},
      {"produce unknown partition", {"produce", "t", "--partition", "9"}, 1, "9", "a\n"},
      {"produce minus one", {"produce", "t", "--partition", "-1"}, 2, "partition", "a\n"},
      {"produce codec", {"produce", "t", "--compression", "zip"}, 2, "zip", "a\n"},
      {"produce durability", {"produce", "t", "--durability", "maybe"}, 2, "maybe", "a\n"},
      {"produce too long", {"produce", "t"}, 1, "line 1", std::string(80 << 20, 'x') + "\n"},
      {"produce too large", {"produce", "t"}, 1, "line 1", std::string(20 << 20, 'x') + "\n"},
      {"consume unknown topic", {"consume", "none", "--exit-at-end"}, 1, "none"},
      {"consume unknown partition", {"consume", "t", "--partition", "9", "--exit-at-end"}, 1, "9"},
      {"consume beyond the end",
       {"consume", "t", "--partition", "0", "--from", "99", "--exit-at-end"},
       1,
       "99"},
      {"consume offset of some partitions",
       {"consume", "t", "--from", "1", "--exit-at-end"},
       1,
       "choose one partition with --partition"},
      {"consume negative offset", {"consume", "t", "--from", "-5", "--exit-at-end"}, 2, "-5"},
      {"consume bad position", {"consume", "t", "--from", "yesterday"}, 2, "yesterday"},
      {"consume bad time", {"consume", "t", "--from", "@2026-13-45"}, 2, "2026-13-45"},
      {"consume bad group", {"consume", "t", "--group", "../g", "--exit-at-end"}, 1, "../g"},
      {"consume empty group",
       {"consume", "t", "--group", "", "--exit-at-end"},
       1,
       "(INVALID_GROUP_NAME)"},
      {"consume dot group", {"consume", "t", "--group", ".", "--exit-at-end"}, 1, "group"},
      {"consume long group",
       {"consume", "t", "--group", std::string(300, 'g'), "--exit-at-end"},
       1,
       "group"},
      {"consume group unknown topic",
       {"consume", "none", "--group", "g", "--exit-at-end"},
       1,
       "none"},
      {"consume new group beyond the end",
       {"consume", "t", "--group", "new", "--from", "99", "--exit-at-end"},
       1,
       "99"},
      {"consume bad format", {"consume", "t", "--format", "%z"}, 2, "%z"},
      {"consume bad output", {"consume", "t", "--output", "xml"}, 2, "xml"},
      {"consume no records", {"consume", "t", "--max-records", "-3"}, 2, "max-records"},
  };
}

std::vector<BadCommand> GroupsAndTheRest() {
  return {
      {"describe unknown group", {"group", "describe", "none"}, 1, "none"},
      {"describe bad group name", {"group", "describe", "../x"}, 1, "(INVALID_GROUP_NAME)"},
      {"delete unknown group", {"group", "delete", "none"}, 1, "none"},
      {"seek unknown group", {"group", "seek", "none", "--topic", "t", "--to", "end"}, 1, "none"},
      {"seek without topic", {"group", "seek", "g", "--to", "end"}, 2, "topic"},
      {"seek without target", {"group", "seek", "g", "--topic", "t"}, 2, "to"},
      {"seek to nowhere", {"group", "seek", "g", "--topic", "t", "--to", "there"}, 2, "there"},
      {"no such noun", {"frobnicate"}, 2, "frobnicate"},
      {"no such verb", {"topic", "frobnicate"}, 2, "frobnicate"},
      {"no such flag", {"topic", "list", "--frobnicate"}, 2, "frobnicate"},
      {"noun misspelled", {"topc", "list"}, 2, "did you mean 'topic'?"},
      {"verb misspelled", {"topic", "lst"}, 2, "did you mean 'list'?"},
      {"flag misspelled",
       {"topic", "create", "u", "--partition", "2"},
       2,
       "did you mean '--partitions'?"},
      {"no verb", {"topic"}, 2, "use one of create, list, describe, alter, delete"},
      {"flag without a value", {"topic", "create", "u", "--partitions"}, 2, "needs a value"},
      {"flag twice",
       {"topic", "create", "u", "--partitions", "1", "--partitions", "2"},
       2,
       "--partitions is given more than once"},
      {"key twice",
       {"topic", "create", "u", "--config", "segment.ms=1000", "--config", "segment.ms=2000"},
       2,
       "'segment.ms' is given twice"},
      {"alter without anything", {"topic", "alter", "t"}, 2, "give --config or --partitions"},
      {"no number", {"bench", "produce", "t", "--records", "1", "--size", "abc"}, 2, "'abc'"},
      {"bench without an end", {"bench", "produce", "t"}, 2, "give --records or --seconds"},
      {"bench fanout with too many members",
       {"bench", "fanout", "t", "--records", "1", "--groups", "1000", "--consumers", "2"},
       2,
       "--groups times --consumers is 2000"},
      {"bench latency without a rate",
       {"bench", "latency", "t", "--records", "1"},
       2,
       "--rate is missing"},
      {"bench fanout without groups",
       {"bench", "fanout", "t", "--records", "1"},
       2,
       "--groups is missing"},
      {"consume several topics alone", {"consume", "t", "u"}, 2, "several topics need --group"},
      {"consume several patterns",
       {"consume", "t", "u", "--group", "g", "--pattern"},
       2,
       "use (A|B)"},
      {"consume bad strategy", {"consume", "t", "--group", "g", "--strategy", "x"}, 2, "uniform"},
      {"consume empty instance",
       {"consume", "t", "--group", "g", "--instance", ""},
       2,
       "--instance: the value is empty"},
      {"consume no time", {"consume", "t", "--group", "g", "--max-processing", "0"}, 2, "86400"},
      {"two that exclude each other",
       {"consume", "t", "--group", "g", "--partition", "0"},
       2,
       " cannot go with --"},
      {"one that needs another",
       {"consume", "t", "--no-commit"},
       2,
       "--no-commit makes sense only with --group"},
  };
}

TEST_F(BadCommandTest, AboutTopicsIsRefusedInOnePlainSentence) {
  ExpectEachRefused(Topics());
}

TEST_F(BadCommandTest, AboutRecordsIsRefusedInOnePlainSentence) {
  ExpectEachRefused(Records());
}

TEST_F(BadCommandTest, AboutGroupsAndTheRestIsRefusedInOnePlainSentence) {
  ExpectEachRefused(GroupsAndTheRest());
}

TEST(BadBroker, ThatDoesNotRunIsNamedWithAHint) {
  const StrataCommand strata("127.0.0.1:1");
  for (const std::vector<std::string>& command : {std::vector<std::string>{"topic", "list"},
                                                  {"consume", "t"},
                                                  {"consume", "t", "--partition", "0"},
                                                  {"consume", "t", "--group", "g"}}) {
    const Outcome outcome = strata(command);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
    EXPECT_THAT(outcome.err, HasSubstr("stratad"));
  }
}

TEST(BadBroker, AddressThatIsNoneIsNamed) {
  const StrataCommand strata("nonsense");
  const Outcome outcome = strata({"topic", "list"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--broker: 'nonsense'"));
}

TEST(Help, IsWhatHelpAndVersionSayAndWhatIsSaidToNothing) {
  const Outcome help = RunCommand({STRATA_BINARY, "help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("consume"));
  const Outcome verb = RunCommand({STRATA_BINARY, "help", "topic", "create"});
  EXPECT_EQ(verb.status, 0);
  EXPECT_THAT(verb.out, HasSubstr("--partitions N "));
  EXPECT_EQ(RunCommand({STRATA_BINARY, "version"}).out,
            RunCommand({STRATA_BINARY, "--version"}).out);
  const Outcome nothing = RunCommand({STRATA_BINARY});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_EQ(nothing.err, help.out);
}

// The names are in another program: this is what keeps the two lists together.
TEST(Help, NamesEachKeyOfATopic) {
  const std::string help = RunCommand({STRATA_BINARY, "topic", "create", "--help"}).out;
  const testing::TempDir dir;
  const Broker broker(dir / "data");
  const StrataCommand strata(broker.address());
  strata.Expect({"topic", "create", "t"});
  const auto topic =
      nlohmann::json::parse(strata.Expect({"topic", "describe", "t", "--output", "json"}));
  ASSERT_FALSE(topic["settings"].empty());
  for (const auto& entry : topic["settings"]) {
    EXPECT_THAT(help, HasSubstr(entry["key"].get<std::string>()));
  }
}

}  // namespace
}  // namespace strata::e2e
