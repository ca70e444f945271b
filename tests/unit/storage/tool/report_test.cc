#include "storage/tool/report/report.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace strata::storage::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Report Example() {
  Report report;
  report.examined = "data";
  report.counts.batches = 7;
  report.Add({Severity::kStray, "notes.txt", "is nothing"});
  report.topic_names[7] = "orders";
  report.Add({Severity::kDamage, "a.log", "the batch does not fit its CRC", 69, 100,
              OffsetRange{3, 6}, PartitionId{7, 2}});
  return report;
}

TEST(Report, IsIntactUnlessThereIsDamage) {
  Report report;
  report.Add({Severity::kTorn, "a.log", ""});
  report.Add({Severity::kHint, "index", ""});
  report.Add({Severity::kStray, "b", ""});
  EXPECT_TRUE(report.intact());
  report.Add({Severity::kDamage, "a.log", ""});
  EXPECT_FALSE(report.intact());
}

TEST(Report, TellsPeopleTheWorstFirst) {
  const std::string text = ToText(Example());
  EXPECT_THAT(text, StartsWith("damage  a.log at 69, 100 bytes, offsets 3 to 5 of topic 'orders' "
                               "partition 2: the batch does not fit its CRC\n"
                               "stray   notes.txt: is nothing\n"));
  EXPECT_THAT(text, HasSubstr("data: damaged\n"));
  EXPECT_THAT(text, HasSubstr("7 batches"));
}

TEST(Report, NamesOneOffsetOrSeveral) {
  EXPECT_EQ(ToText(OffsetRange{.first = 0, .end = 1}), "offset 0");
  EXPECT_EQ(ToText(OffsetRange{.first = 12, .end = 15}), "offsets 12 to 14");
}

TEST(Report, TellsProgramsTheSame) {
  const auto json = nlohmann::json::parse(ToJson(Example()));
  EXPECT_EQ(json["intact"], false);
  EXPECT_EQ(json["counts"]["batches"], 7);
  ASSERT_EQ(json["findings"].size(), 2U);
  EXPECT_EQ(json["findings"][0]["severity"], "stray");
  EXPECT_FALSE(json["findings"][0].contains("position"));
  EXPECT_EQ(json["findings"][1]["where"], "a.log");
  EXPECT_EQ(json["findings"][1]["topic"], "orders");
  EXPECT_EQ(json["findings"][1]["partition"], 2);
  EXPECT_EQ(json["findings"][1]["position"], 69);
  EXPECT_EQ(json["findings"][1]["bytes"], 100);
  EXPECT_EQ(json["findings"][1]["first_offset"], 3);
  EXPECT_EQ(json["findings"][1]["next_offset"], 6);
}

TEST(Report, NamesOfFilesMayHoldAnyBytes) {
  Report report;
  report.Add({Severity::kStray, "\xff\xfe", "is nothing"});
  EXPECT_FALSE(nlohmann::json::parse(ToJson(report)).empty());
}

}  // namespace
}  // namespace strata::storage::tool
