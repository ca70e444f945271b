#include "broker/delivery/record_page.h"

#include <gtest/gtest.h>

#include "proto/batch/batch_filter.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/data.pb.h"
#include "tests/support/encoded_batch.h"

namespace strata::broker {
namespace {

using testing::NumberedBatch;

// Batches of these sizes, placed densely from offset 0, each in two fragments as the tail cache has
// them.
storage::ReadResult Placed(const std::vector<int>& sizes) {
  storage::ReadResult read;
  for (int size : sizes) {
    const std::string batch = NumberedBatch("v", size);
    const auto header = ParseBatchHeader(batch);
    const auto placement = EncodePlacement(read.next_offset, header->batch_length, 1);
    read.fragments.push_back(
        SharedBytes::FromString(std::string(placement.data(), placement.size())));
    read.fragments.push_back(SharedBytes::FromString(batch.substr(kPlacementBytes)));
    read.bytes += batch.size();
    read.next_offset += size;
  }
  return read;
}

std::vector<Offset> BaseOffsets(const Page& page) {
  const SharedBytes joined = Joined(page.batches);
  std::string_view rest = joined.view();
  std::vector<Offset> offsets;
  while (!rest.empty()) {
    const auto batch = TakeBatch(rest);
    if (!batch) {
      ADD_FAILURE() << batch.error().message;
      break;
    }
    offsets.push_back(ParseBatchHeader(*batch)->base_offset);
  }
  return offsets;
}

TEST(TakeBatches, TakesEverythingWithinTheCredit) {
  const auto page = TakeBatches(Placed({3, 4, 5}), 0, 12);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records, 12);
  EXPECT_EQ(page->next_offset, 12);
  EXPECT_EQ(BaseOffsets(*page), (std::vector<Offset>{0, 3, 7}));
}

TEST(TakeBatches, EndsWithTheBatchThatUsesUpTheCredit) {
  const auto page = TakeBatches(Placed({3, 4, 5}), 0, 4);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records, 7);
  EXPECT_EQ(page->next_offset, 7);
  EXPECT_EQ(BaseOffsets(*page), (std::vector<Offset>{0, 3}));
}

TEST(TakeBatches, TakesABatchThatIsBiggerThanTheCreditAlone) {
  const auto page = TakeBatches(Placed({10, 1}), 0, 1);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records, 10);
  EXPECT_EQ(BaseOffsets(*page), (std::vector<Offset>{0}));
}

TEST(TakeBatches, DoesNotCountRecordsBeforeTheOffsetAskedFor) {
  const auto page = TakeBatches(Placed({10, 5, 5}), 8, 3);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records, 7);
  EXPECT_EQ(page->next_offset, 15);
}

TEST(EndOfRecords, IsBehindTheLastBatchThatHasRecords) {
  EXPECT_EQ(EndOfRecords(Placed({3, 4}).fragments).value(), 7);
  EXPECT_EQ(EndOfRecords({}).value(), 0);
  EXPECT_EQ(EndOfRecords({SharedBytes::FromString(EmptyBatch(5, 9, 1))}).value(), 0);
}

TEST(DecodeRecords, StartsAtTheOffsetAskedForAndHonoursTheCredit) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(Placed({3, 4}), 9, 2, kForEver, 3, 1 << 20, &records);
  ASSERT_TRUE(page);
  ASSERT_EQ(records.size(), 3);
  EXPECT_EQ(records[0].offset(), 2);
  EXPECT_EQ(records[0].value(), "v2");
  EXPECT_EQ(records[0].partition(), 9);
  EXPECT_EQ(records[2].offset(), 4);
  EXPECT_EQ(page->next_offset, 5);
  EXPECT_EQ(page->records, 3);
}

// What the records are within a v1::ReadResponse.
std::size_t WireBytes(const google::protobuf::RepeatedPtrField<v1::Record>& records) {
  v1::ReadResponse response;
  *response.mutable_records() = records;
  return response.ByteSizeLong();
}

TEST(DecodeRecords, HonoursTheBytesButDeliversOneRecordAtLeast) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  ASSERT_TRUE(DecodeRecords(Placed({2}), 0, 0, kForEver, 100, 1 << 20, &records));
  const std::size_t two_records = WireBytes(records);
  records.Clear();
  auto page = DecodeRecords(Placed({5}), 0, 0, kForEver, 100, two_records, &records);
  ASSERT_TRUE(page);
  EXPECT_EQ(records.size(), 2);
  EXPECT_EQ(page->next_offset, 2);
  records.Clear();
  page = DecodeRecords(Placed({5}), 0, 0, kForEver, 100, 1, &records);
  ASSERT_TRUE(page);
  EXPECT_EQ(records.size(), 1);
  EXPECT_EQ(page->next_offset, 1);
}

TEST(DecodeRecords, ManyTinyRecordsDoNotExceedTheBytesOnTheWire) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(Placed({100'000}), 7, 0, kForEver, 1'000'000, 1 << 20, &records);
  ASSERT_TRUE(page);
  EXPECT_GT(records.size(), 10'000);
  EXPECT_LE(WireBytes(records), std::size_t{1 << 20});
  EXPECT_EQ(page->next_offset, records.size());
}

TEST(DecodeRecords, OnlyKeysValuesAndHeadersAreCharged) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(Placed({5}), 0, 0, kForEver, 100, 1 << 20, &records);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->bytes, 5 * std::string("v0").size());
}

// What compaction may leave: nothing of the offsets 0 to 9, 10 and 13 of a batch of five, nothing
// of 15 to 19.
storage::ReadResult Compacted() {
  std::string batch = NumberedBatch("v", 5);
  const auto placement = EncodePlacement(10, ParseBatchHeader(batch)->batch_length, 1);
  batch.replace(0, placement.size(), placement.data(), placement.size());
  const auto keep = [](const RecordKey& record) {
    return record.offset == 10 || record.offset == 13;
  };
  storage::ReadResult read;
  for (const std::string& each :
       {EmptyBatch(0, 10, 1), FilterBatch(batch, 1 << 20, keep)->bytes, EmptyBatch(15, 20, 1)}) {
    read.fragments.push_back(SharedBytes::FromString(each));
    read.bytes += each.size();
  }
  read.next_offset = 20;
  return read;
}

TEST(TakeBatches, CountsOffsetsWhereCompactionHasRemovedRecords) {
  auto page = TakeBatches(Compacted(), 0, 100);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records, 20) << "as the client counts them";
  EXPECT_EQ(BaseOffsets(*page), (std::vector<Offset>{0, 10, 15}));
  page = TakeBatches(Compacted(), 4, 7);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_offset, 15);
  EXPECT_EQ(BaseOffsets(*page), (std::vector<Offset>{0, 10}));
}

TEST(EndOfRecords, IsNeverBehindTheLastRecordThatCompactionHasLeft) {
  EXPECT_EQ(EndOfRecords(Compacted().fragments).value(), 12) << "the last record is 13";
}

TEST(EndOfRecords, ReportsDamage) {
  const auto end = EndOfRecords({SharedBytes::FromString("too short")});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::CORRUPT_LOG);
}

TEST(DecodeRecords, PassesOverWhatCompactionHasRemoved) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(Compacted(), 0, 4, kForEver, 100, 1 << 20, &records);
  ASSERT_TRUE(page);
  ASSERT_EQ(records.size(), 2);
  EXPECT_EQ(records[0].offset(), 10);
  EXPECT_EQ(records[1].offset(), 13);
  EXPECT_EQ(page->records, 2);
  EXPECT_EQ(page->next_offset, 20);
}

TEST(DecodeRecords, GoesOnBehindTheLastRecordThatFits) {
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(Compacted(), 0, 0, kForEver, 1, 1 << 20, &records);
  ASSERT_TRUE(page);
  EXPECT_EQ(records.size(), 1);
  EXPECT_EQ(page->next_offset, 11);
}

TEST(DecodeRecords, ReportsDamageWithItsOffset) {
  auto read = Placed({2, 2});
  std::string damaged(read.fragments.back().view());
  damaged.resize(damaged.size() - 1);
  read.fragments.back() = SharedBytes::FromString(damaged);
  google::protobuf::RepeatedPtrField<v1::Record> records;
  const auto page = DecodeRecords(read, 0, 0, kForEver, 100, 1 << 20, &records);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::CORRUPT_LOG);
  EXPECT_NE(page.error().message.find("offset 2"), std::string::npos) << page.error().message;
}

}  // namespace
}  // namespace strata::broker
