#include "broker/groups/member_journal.h"

#include <future>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace strata::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const MemberInfo kMember{"a1", "billing", "ipv4:10.0.0.7:4711", "i"};

TEST(MemberJournal, TellsWhoComesAndGoesAndWhetherThatIsTrouble) {
  Metrics metrics;
  std::vector<std::pair<std::string, bool>> lines;
  {
    MemberJournal journal(metrics, [&](const std::string& line, bool is_trouble) {
      lines.emplace_back(line, is_trouble);
    });
    journal.Joined("g", kMember);
    journal.Gone("g", kMember, {});
    journal.Gone("g", kMember, {.disconnected = true});
    journal.Gone("g", kMember, {.error = Error{ErrorCode::NO_PROGRESS, "too slow"}});
    journal.NotBack("g", kMember, std::chrono::seconds(5));
    journal.NotReleased("g", "a1", 3);
  }
  const std::string who = "member 'a1' (billing at ipv4:10.0.0.7:4711, instance 'i')";
  EXPECT_THAT(
      lines,
      ElementsAre(
          std::pair(who + " has joined group 'g'", false),
          std::pair(who + " has left group 'g'", false),
          std::pair(who + " is gone from group 'g': its connection has ended or is dead", false),
          std::pair(who + " is out of group 'g': too slow (NO_PROGRESS)", true),
          std::pair(who + " has not come back to group 'g' within 5000 ms, and loses its place",
                    false),
          std::pair(std::string("member 'a1' of group 'g' has lost partitions that it did not "
                                "release in time: 3 of them"),
                    true)));
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("strata_group_joins_total 1\n"));
  for (const char* reason : {"left", "disconnected", "NO_PROGRESS"}) {
    EXPECT_THAT(page, HasSubstr(std::string("departures_total{reason=\"") + reason + "\"} 1\n"));
  }
}

TEST(MemberJournal, AFloodFillsNoLogAndTheCountersMissNothing) {
  Metrics metrics;
  std::vector<std::string> lines;
  {
    MemberJournal journal(metrics, [&](const std::string& line, bool) { lines.push_back(line); });
    for (int i = 0; i < 10'000; ++i) journal.Joined("g", kMember);
  }
  EXPECT_LT(lines.size(), 1'000U) << "twenty in a second";
  EXPECT_THAT(metrics.Render(), HasSubstr("strata_group_joins_total 10000\n"));
}

TEST(MemberJournal, NobodyWaitsForALogThatTakesNothing) {
  Metrics metrics;
  std::promise<void> takes_again;
  std::vector<std::string> lines;
  {
    MemberJournal journal(
        metrics, [&, waits = takes_again.get_future().share()](const std::string& line, bool) {
          waits.wait();
          lines.push_back(line);
        });
    for (int i = 0; i < 10; ++i) journal.Joined("g", kMember);
    takes_again.set_value();
  }
  EXPECT_THAT(lines, SizeIs(10));
}

}  // namespace
}  // namespace strata::broker
