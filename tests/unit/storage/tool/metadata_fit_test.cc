#include "storage/tool/repair/metadata_fit.h"

#include <string>

#include <gmock/gmock.h>

#include "storage/tool/directory/named_records.h"

namespace strata::storage::tool {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class MetadataFitTest : public ::testing::Test {
 protected:
  void Fit() { FitMetadata(logs_, &truth_, &report_); }

  // "" if there is none.
  std::string ValueOf(const std::string& key) const {
    for (const VersionedValue& entry : truth_.metadata) {
      if (entry.key == key) return entry.value;
    }
    return "";
  }

  const VersionedValue known_ = MakeTopicRecord({7, "orders"}, 2, 3);
  std::map<PartitionId, CopiedLog> logs_ = {{{7, 0}, {}}, {{7, 1}, {.producer_ids_end = 42}}};
  Truth truth_{.metadata = {known_,
                            {"topic/next-id", "8", 3},
                            {"producer/next-id", "1001", 2},
                            {"x", "", 1}},
               .revision = 3};
  Report report_;
};

TEST_F(MetadataFitTest, LeavesMetadataThatFitAlone) {
  Fit();
  EXPECT_THAT(report_.findings, IsEmpty());
  EXPECT_THAT(truth_.metadata, SizeIs(4));
  EXPECT_EQ(truth_.revision, 3);
}

TEST_F(MetadataFitTest, NamesTopicsThatHaveLostTheirRecords) {
  logs_[{11, 4}] = {};
  Fit();
  const std::string record = ValueOf("topic/name/recovered-000000000000000b");
  const auto parsed = ParseNamedRecord({"", record, 1});
  ASSERT_TRUE(parsed.has_value()) << record;
  EXPECT_EQ(parsed->id, 11U);
  EXPECT_NE(record.find("\"partition_count\":5"), std::string::npos) << record;
  EXPECT_EQ(ValueOf("topic/name/orders"), known_.value);
  EXPECT_EQ(ValueOf("topic/next-id"), "12");
  EXPECT_EQ(truth_.revision, 5);
  EXPECT_THAT(report_.findings, SizeIs(2));
}

TEST_F(MetadataFitTest, GivesNoNameToATopicThatIsBeingDeleted) {
  truth_.metadata[0].key = "topic/deleting/0000000000000007";
  Fit();
  EXPECT_THAT(report_.findings, IsEmpty());
}

TEST_F(MetadataFitTest, LeavesOutRecordsThatNoBrokerCouldRead) {
  truth_.metadata[0].value = "garbage";
  Fit();
  EXPECT_EQ(ValueOf("topic/name/orders"), "");
  EXPECT_NE(ValueOf("topic/name/recovered-0000000000000007"), "");
}

TEST_F(MetadataFitTest, NoIdThatIsInUseIsGivenOutAgain) {
  truth_.metadata = {known_, {"producer/name/p", R"({"id":99,"name":"p"})", 2}};
  Fit();
  EXPECT_EQ(ValueOf("topic/next-id"), "8");
  EXPECT_EQ(ValueOf("producer/next-id"), "1100");
  for (const VersionedValue& entry : truth_.metadata) EXPECT_LE(entry.version, *truth_.revision);
}

TEST_F(MetadataFitTest, NothingIsMadeUpWhereThereIsNothing) {
  truth_ = {};
  logs_ = {};
  Fit();
  EXPECT_THAT(truth_.metadata, IsEmpty());
  EXPECT_FALSE(truth_.revision.has_value());
}

}  // namespace
}  // namespace strata::storage::tool
