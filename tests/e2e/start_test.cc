// What stratad refuses to start with: one sentence that names the thing, and no harm done.

#include <csignal>

#include <gmock/gmock.h>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Start : public ::testing::Test {
 protected:
  Outcome Stratad(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), STRATAD_BINARY);
    return RunCommand(arguments);
  }
  Outcome StratadOn(const std::string& data_dir, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"--data-dir", data_dir, "--listen", "127.0.0.1:0", "--http-listen", "off"});
    return Stratad(more);
  }

  strata::testing::TempDir dir_;
};

// One sentence on standard error for a person, and a status for scripts.
void ExpectRefusal(const Outcome& outcome, int status, const std::string& naming) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(naming));
  EXPECT_EQ(outcome.out, "");
  EXPECT_LE(CountLines(outcome.err), 3U) << outcome.err;
}

TEST_F(Start, OnADirectoryThatAnotherBrokerUses) {
  Broker first(dir_ / "data");
  ExpectRefusal(StratadOn(dir_ / "data"), 1, dir_ / "data");
  const StrataCommand strata(first.address());
  EXPECT_EQ(strata.Expect({"topic", "list", "--output", "json"}).empty(), false);
  EXPECT_EQ(first.Stop(), 0);
}

TEST_F(Start, OnADirectoryOfANewerFormat) {
  EXPECT_EQ(Broker(dir_ / "data").Stop(), 0);
  WriteFile(dir_ / "data/FORMAT", "strata 999\n");
  ExpectRefusal(StratadOn(dir_ / "data"), 1, "newer");
  EXPECT_EQ(ReadFile(dir_ / "data/FORMAT"), "strata 999\n");
}

TEST_F(Start, OnADirectoryBelowAFile) {
  WriteFile(dir_ / "file", "x");
  ExpectRefusal(StratadOn(dir_ / "file/data"), 1, dir_ / "file/data");
}

TEST_F(Start, OnAFile) {
  WriteFile(dir_ / "file", "x");
  ExpectRefusal(StratadOn(dir_ / "file"), 1, "is no directory but a file");
  EXPECT_EQ(ReadFile(dir_ / "file"), "x");
}

TEST_F(Start, OnALinkThatLeadsNowhere) {
  std::filesystem::create_symlink(dir_ / "nowhere", dir_ / "link");
  ExpectRefusal(StratadOn(dir_ / "link"), 1, "is no directory but a link that leads to none");
}

TEST_F(Start, OnADirectoryThatCannotBeWritten) {
  ExpectRefusal(StratadOn("/proc/strata"), 1, "/proc/strata");
}

TEST_F(Start, OnADirectoryThatHoldsSomethingElse) {
  std::filesystem::create_directory(dir_ / "photos");
  WriteFile(dir_ / "photos/cat.jpg", "x");
  ExpectRefusal(StratadOn(dir_ / "photos"), 1, dir_ / "photos");
  EXPECT_EQ(ReadFile(dir_ / "photos/cat.jpg"), "x");
}

TEST_F(Start, OnADirectoryThatHasLostItsMetadata) {
  EXPECT_EQ(Broker(dir_ / "data").Stop(), 0);
  std::filesystem::remove_all(dir_ / "data/meta");
  const Outcome outcome = StratadOn(dir_ / "data");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("bring back a copy of the data directory"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("readable up to the damage")));
}

TEST_F(Start, WithAPortFileThatCannotBeWritten) {
  const Outcome outcome = StratadOn(dir_ / "data", {"--port-file", dir_ / "none/port"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("none/port"));
  EXPECT_THAT(outcome.err, HasSubstr("give --port-file a path"));
}

TEST_F(Start, WithAConfigurationKeyThatDoesNotExist) {
  WriteFile(dir_ / "strata.toml", "no.such.key = 1\n");
  const Outcome outcome = StratadOn(dir_ / "data", {"--config", dir_ / "strata.toml"});
  ExpectRefusal(outcome, 2, "no.such.key");
}

TEST_F(Start, WithAConfigurationFileThatDoesNotExist) {
  const Outcome outcome = StratadOn(dir_ / "data", {"--config", dir_ / "none.toml"});
  ExpectRefusal(outcome, 2, "none.toml");
}

TEST_F(Start, WithAConfigurationFileThatIsNotToml) {
  WriteFile(dir_ / "strata.toml", "= = =\n");
  const Outcome outcome = StratadOn(dir_ / "data", {"--config", dir_ / "strata.toml"});
  ExpectRefusal(outcome, 2, "strata.toml");
}

TEST_F(Start, OnAPortThatIsTaken) {
  Broker first(dir_ / "first");
  ExpectRefusal(
      Stratad({"--data-dir", dir_ / "second", "--listen", first.address(), "--http-listen", "off"}),
      1, first.address());
}

TEST_F(Start, WithOnePortForBoth) {
  ExpectRefusal(Stratad({"--data-dir", dir_ / "data", "--listen", "127.0.0.1:7979", "--http-listen",
                         "127.0.0.1:7979"}),
                1, "listen and http.listen cannot both be 127.0.0.1:7979");
}

TEST_F(Start, OnAnAddressThatIsNone) {
  const Outcome outcome =
      Stratad({"--data-dir", dir_ / "data", "--listen", "nonsense", "--http-listen", "off"});
  ExpectRefusal(outcome, 2, "nonsense");
}

TEST_F(Start, SaysWhatItOpensAndWhatItFinds) {
  Broker broker(dir_ / "data");
  EXPECT_THAT(broker.Log(), HasSubstr("made the data directory '" + (dir_ / "data") + "'"));
  const StrataCommand strata(broker.address());
  strata.Expect({"topic", "create", "t", "--partitions", "3"});
  broker.Kill();
  broker.Start();
  EXPECT_THAT(broker.Log(), HasSubstr("opening the data directory"));
  EXPECT_THAT(broker.Log(), HasSubstr("the last run did not end in order"));
  EXPECT_THAT(broker.Log(), HasSubstr("topics: 1, partitions of all together: 3"));
  EXPECT_THAT(broker.Log(), Not(HasSubstr("authentication")));
}

TEST_F(Start, WarnsWhenOtherMachinesReachIt) {
  // It ends by itself, behind the warning.
  const Outcome outcome = Stratad({"--data-dir", dir_ / "data", "--listen", "0.0.0.0:0",
                                   "--http-listen", "off", "--port-file", dir_ / "none/port"});
  EXPECT_THAT(outcome.err, HasSubstr("there is no authentication"));
}

TEST_F(Start, WithAFlagThatDoesNotExist) {
  EXPECT_EQ(Stratad({"--no-such-flag"}).status, 2);
}

TEST_F(Start, HelpIsNotAnError) {
  const Outcome outcome = Stratad({"--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("--data-dir"));
}

}  // namespace
}  // namespace strata::e2e
