// Whatever a person may get wrong at the command line: one plain sentence and a hint on standard
// error, nothing on standard output, exit status 1 (the broker refused) or 2 (wrong usage).

#include <gmock/gmock.h>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct BadCommand {
  const char* name;
  std::vector<std::string> arguments;
  int status;
  const char* says;  // a part of the sentence
  std::string input = "";
};

std::ostream& operator<<(std::ostream& out, const BadCommand& bad) {
  return out << bad.name;
}

class BadCommandTest : public E2eTest, public ::testing::WithParamInterface<BadCommand> {};

TEST_P(BadCommandTest, IsRefusedInOnePlainSentence) {
  strata_.Expect({"topic", "create", "t", "--partitions", "2"});
  strata_.Expect({"produce", "t"}, "a\n");
  const std::string before = strata_.Expect({"topic", "describe", "t", "--output", "json"});

  const Outcome outcome = strata_(GetParam().arguments, GetParam().input);
  EXPECT_EQ(outcome.status, GetParam().status) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().says));
  EXPECT_EQ(outcome.out, "");
  EXPECT_LE(CountLines(outcome.err), 4U) << outcome.err;
  EXPECT_LT(outcome.err.size(), 1000U) << outcome.err;
  EXPECT_THAT(outcome.err, Not(HasSubstr("terminate called")));

  EXPECT_EQ(strata_.Expect({"topic", "describe", "t", "--output", "json"}), before);
  EXPECT_EQ(broker_.Stop(), 0);
}

std::vector<BadCommand> Topics() {
  const std::string long_name(300, 'x');
  return {
      {"create_parent_path", {"topic", "create", "../x"}, 1, "../x"},
      {"create_dot", {"topic", "create", "."}, 1, "topic"},
      {"create_dots", {"topic", "create", ".."}, 1, "topic"},
      {"create_empty_name", {"topic", "create", ""}, 1, "topic"},
      {"create_long_name", {"topic", "create", long_name}, 1, "topic"},
      {"create_slash", {"topic", "create", "a/b"}, 1, "a/b"},
      {"create_newline", {"topic", "create", "a\nb"}, 1, "topic"},
      {"create_not_utf8", {"topic", "create", "a\xff"}, 1, "topic"},
      {"create_escape", {"topic", "create", "\x1b[31mred"}, 1, "topic"},
      {"create_twice", {"topic", "create", "t"}, 1, "t"},
      {"create_no_partitions", {"topic", "create", "u", "--partitions", "0"}, 2, "partition"},
      {"create_minus_one", {"topic", "create", "u", "--partitions", "-1"}, 2, "partition"},
      {"create_a_million", {"topic", "create", "u", "--partitions", "1000000"}, 1, "partition"},
      {"create_not_a_number", {"topic", "create", "u", "--partitions", "many"}, 2, "partitions"},
      {"create_number_too_big",
       {"topic", "create", "u", "--partitions", "99999999999999999999"},
       2,
       "partitions"},
      {"create_unknown_key", {"topic", "create", "u", "--config", "no.such=1"}, 1, "no.such"},
      {"create_bad_value", {"topic", "create", "u", "--config", "durability=maybe"}, 1, "maybe"},
      {"create_no_equals", {"topic", "create", "u", "--config", "durability"}, 2, "durability"},
      {"create_without_name", {"topic", "create"}, 2, "NAME"},
      {"describe_unknown", {"topic", "describe", "none"}, 1, "none"},
      {"alter_unknown", {"topic", "alter", "none", "--config", "durability=os"}, 1, "none"},
      {"alter_unknown_key", {"topic", "alter", "t", "--config", "no.such=1"}, 1, "no.such"},
      {"delete_unknown", {"topic", "delete", "none"}, 1, "none"},
      {"delete_bad_name", {"topic", "delete", "../t"}, 1, "../t"},
  };
}

std::vector<BadCommand> Records() {
  return {
      {"produce_unknown_topic", {"produce", "none"}, 1, "none", "a\n"},
      {"produce_bad_name", {"produce", "../x"}, 1, "../x", "a\n"},
      {"produce_unknown_partition", {"produce", "t", "--partition", "9"}, 1, "9", "a\n"},
      {"produce_minus_one", {"produce", "t", "--partition", "-1"}, 2, "partition", "a\n"},
      {"produce_codec", {"produce", "t", "--compression", "zip"}, 2, "zip", "a\n"},
      {"produce_durability", {"produce", "t", "--durability", "maybe"}, 2, "maybe", "a\n"},
      {"produce_too_long", {"produce", "t"}, 1, "line 1", std::string(80 << 20, 'x') + "\n"},
      {"produce_too_large", {"produce", "t"}, 1, "line 1", std::string(20 << 20, 'x') + "\n"},
      {"consume_unknown_topic", {"consume", "none", "--exit-at-end"}, 1, "none"},
      {"consume_unknown_partition", {"consume", "t", "--partition", "9", "--exit-at-end"}, 1, "9"},
      {"consume_beyond_the_end",
       {"consume", "t", "--partition", "0", "--from", "99", "--exit-at-end"},
       1,
       "99"},
      {"consume_negative_offset", {"consume", "t", "--from", "-5", "--exit-at-end"}, 2, "-5"},
      {"consume_bad_position", {"consume", "t", "--from", "yesterday"}, 2, "yesterday"},
      {"consume_bad_time", {"consume", "t", "--from", "@2026-13-45"}, 2, "2026-13-45"},
      {"consume_bad_group", {"consume", "t", "--group", "../g", "--exit-at-end"}, 1, "../g"},
      {"consume_dot_group", {"consume", "t", "--group", ".", "--exit-at-end"}, 1, "group"},
      {"consume_long_group",
       {"consume", "t", "--group", std::string(300, 'g'), "--exit-at-end"},
       1,
       "group"},
      {"consume_group_unknown_topic",
       {"consume", "none", "--group", "g", "--exit-at-end"},
       1,
       "none"},
      {"consume_bad_format", {"consume", "t", "--format", "%z"}, 2, "%z"},
      {"consume_bad_output", {"consume", "t", "--output", "xml"}, 2, "xml"},
      {"consume_no_records", {"consume", "t", "--max-records", "-3"}, 2, "max-records"},
  };
}

std::vector<BadCommand> GroupsAndTheRest() {
  return {
      {"describe_unknown_group", {"group", "describe", "none"}, 1, "none"},
      {"delete_unknown_group", {"group", "delete", "none"}, 1, "none"},
      {"seek_unknown_group", {"group", "seek", "none", "--topic", "t", "--to", "end"}, 1, "none"},
      {"seek_without_topic", {"group", "seek", "g", "--to", "end"}, 2, "topic"},
      {"seek_without_target", {"group", "seek", "g", "--topic", "t"}, 2, "to"},
      {"seek_to_nowhere", {"group", "seek", "g", "--topic", "t", "--to", "there"}, 2, "there"},
      {"no_such_noun", {"frobnicate"}, 2, "frobnicate"},
      {"no_such_verb", {"topic", "frobnicate"}, 2, "frobnicate"},
      {"no_such_flag", {"topic", "list", "--frobnicate"}, 2, "frobnicate"},
      {"nothing", {}, 2, "help"},
  };
}

std::string NameOf(const ::testing::TestParamInfo<BadCommand>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Topics, BadCommandTest, ::testing::ValuesIn(Topics()), NameOf);
INSTANTIATE_TEST_SUITE_P(Records, BadCommandTest, ::testing::ValuesIn(Records()), NameOf);
INSTANTIATE_TEST_SUITE_P(GroupsAndTheRest, BadCommandTest, ::testing::ValuesIn(GroupsAndTheRest()),
                         NameOf);

TEST(BadBroker, ThatDoesNotRunIsNamedWithAHint) {
  const StrataCommand strata("127.0.0.1:1");
  const Outcome outcome = strata({"topic", "list"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(outcome.err, HasSubstr("stratad"));
}

TEST(BadBroker, AddressThatIsNoneIsNamed) {
  const StrataCommand strata("nonsense");
  const Outcome outcome = strata({"topic", "list"});
  EXPECT_THAT(outcome.status, AnyOf(1, 2));
  EXPECT_THAT(outcome.err, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace strata::e2e
