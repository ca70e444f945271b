// Batches that another program wrote (make_golden.py). They freeze the format.
#include "tests/unit/proto/testing/golden.h"

#include <string>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "tests/unit/proto/testing/batches.h"

namespace strata {
namespace {

using testing::AllShapesRecords;
using testing::Describe;
using testing::Golden;
using testing::WorkedExampleRecords;

void ExpectAllShapes(std::string_view golden, Compression codec) {
  const std::string batch = Golden(golden);
  const auto header = ValidateBatch(batch, {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->compression(), codec);

  const std::vector<RecordView> expected = AllShapesRecords();
  const std::vector<std::string> described = Describe(batch);
  ASSERT_EQ(described.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(described[i], Describe(expected[i]));
}

TEST(GoldenBatch, OfTheWorkedExampleIsWrittenByteForByte) {
  EXPECT_EQ(testing::Encode(WorkedExampleRecords()), Golden("worked_example"));
}

TEST(GoldenBatch, OfEveryShapeIsWrittenByteForByte) {
  RecordBatchBuilder builder;
  builder.SetProducer(4711, 3, 1000);
  for (const RecordView& record : AllShapesRecords()) builder.Add(record);
  EXPECT_EQ(builder.Finish(), Golden("all_shapes"));
}

TEST(GoldenBatch, OfEveryShapeIsRead) {
  ExpectAllShapes("all_shapes", Compression::kNone);
}

TEST(GoldenBatch, InGzipIsRead) {
  ExpectAllShapes("gzip", Compression::kGzip);
}

TEST(GoldenBatch, InOneRawSnappyBlockIsRead) {
  ExpectAllShapes("snappy_raw", Compression::kSnappy);
}

TEST(GoldenBatch, InTheFramingOfSnappyJavaIsRead) {
  ExpectAllShapes("snappy_xerial", Compression::kSnappy);
}

TEST(GoldenBatch, InLz4IsRead) {
  ExpectAllShapes("lz4", Compression::kLz4);
}

TEST(GoldenBatch, InZstdIsRead) {
  ExpectAllShapes("zstd", Compression::kZstd);
}

}  // namespace
}  // namespace strata
