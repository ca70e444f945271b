#include "storage/metadata/commit_plan.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

Result<std::vector<MetadataChange>> Plan(const MetadataTransaction& transaction) {
  static const std::map<std::string, std::int64_t> versions = {{"a", 3}, {"b", 5}};
  return PlanCommit(transaction, 9, [](const std::string& key) -> Result<std::int64_t> {
    if (key == "unreadable") return Fail(ErrorCode::IO_ERROR, "cannot read");
    const auto found = versions.find(key);
    return found == versions.end() ? 0 : found->second;
  });
}

TEST(CommitPlanTest, EveryChangeCarriesTheNewRevisionInTheOrderOfTheWrites) {
  const auto changes = Plan({{{"a", 3}, {"new", 0}}, {{"new", "1"}, {"b", std::nullopt}}}).value();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].key, "new");
  EXPECT_EQ(changes[0].value, "1");
  EXPECT_EQ(changes[1].key, "b");
  EXPECT_EQ(changes[1].value, std::nullopt);
  for (const auto& change : changes) EXPECT_EQ(change.version, 9);
}

TEST(CommitPlanTest, DeletingWhatIsNotThereIsNoChange) {
  EXPECT_TRUE(Plan({{}, {{"absent", std::nullopt}}}).value().empty());
}

TEST(CommitPlanTest, AFailedCompareSaysWhatIsAndWhatWasExpected) {
  EXPECT_EQ(Plan({{{"a", 2}}, {}}).error().message,
            "the metadata key 'a' is at version 3, not at version 2");
  EXPECT_EQ(Plan({{{"absent", 2}}, {}}).error().message,
            "the metadata key 'absent' is absent, not at version 2");
  EXPECT_EQ(Plan({{{"a", 0}}, {}}).error().message,
            "the metadata key 'a' is at version 3, not absent");
}

TEST(CommitPlanTest, AFailedLookupIsPassedOn) {
  EXPECT_EQ(Plan({{{"unreadable", 1}}, {}}).error().code, ErrorCode::IO_ERROR);
  EXPECT_EQ(Plan({{}, {{"unreadable", std::nullopt}}}).error().code, ErrorCode::IO_ERROR);
}

}  // namespace
}  // namespace strata::storage
