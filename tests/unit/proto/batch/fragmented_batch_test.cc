// A batch in fragments is judged and read as if it lay in one piece.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "tests/support/cut_bytes.h"
#include "tests/unit/proto/testing/allocations.h"
#include "tests/unit/proto/testing/batches.h"

namespace strata {
namespace {

using namespace std::string_literals;
using testing::CutAt;
using testing::CutEvery;
using testing::Describe;
using testing::Encode;
using testing::HeaderFor;
using testing::SampleBatch;
using testing::Seal;

std::string Judgement(const Result<BatchHeader>& result) {
  if (!result) {
    return std::to_string(static_cast<int>(result.error().code)) + " " + result.error().message;
  }
  return "sound, with " + std::to_string(result->record_count) + " records";
}

void ExpectTheSameHoweverCut(std::string_view batch, const BatchLimits& limits = {}) {
  const std::string whole = Judgement(ValidateBatch(batch, limits));
  for (std::size_t first = 0; first <= batch.size(); ++first) {
    for (std::size_t second = first; second <= batch.size(); ++second) {
      ASSERT_EQ(Judgement(ValidateBatch(CutAt(batch, {first, second}), limits)), whole)
          << "cut at " << first << " and " << second;
    }
  }
  for (const std::size_t each : {1, 2, 3, 5, 60, 61, 62}) {
    ASSERT_EQ(Judgement(ValidateBatch(CutEvery(each, batch), limits)), whole) << each;
  }
}

TEST(FragmentedBatch, IsSoundWhereverItIsCut) {
  for (const Compression codec : {Compression::kNone, Compression::kZstd}) {
    ExpectTheSameHoweverCut(SampleBatch(4, codec));
  }
}

TEST(FragmentedBatch, MayHaveFieldsLongerThanAFragment) {
  const std::string text(300, 'x');
  const std::string batch =
      Encode({{.key = text, .value = text, .headers = {{text, text}}, .timestamp_ms = 1}});
  ASSERT_TRUE(ValidateBatch(batch, {}));
  ExpectTheSameHoweverCut(batch);
}

TEST(FragmentedBatch, IsRefusedForTheSameReasonWhereverItIsCut) {
  const std::string sound = "\x0e\0\0\0\x02k\x01\0"s;
  const std::vector<std::string> payloads = {
      "",                                  // no record
      sound + "\x0e\0\0\x02\x02k\x01\0"s,  // one more than is counted
      "\x01"s,                             // a negative length
      "\0"s + sound,                       // an empty record
      "\x02\0"s + sound,                   // nothing behind the attributes
      "\xff\xff\xff\xff\xff\xff"s,         // a length that does not end
      "\xfe\xff\xff\xff\x0f\0"s,           // a length of 2 GiB
      "\x0e\0\0\x02\x02k\x01\0"s,          // begins with the second offset
      "\x0e\x01\0\0\x02k\x01\0"s,          // attributes
  };
  for (const std::string& payload : payloads) {
    const std::string batch = Seal(HeaderFor(1), payload);
    ASSERT_FALSE(ValidateBatch(batch, {}));
    ExpectTheSameHoweverCut(batch);
  }
}

TEST(FragmentedBatch, IsRefusedIfItIsCorrupt) {
  std::string batch = SampleBatch(2);
  batch.back() ^= 1;
  ExpectTheSameHoweverCut(batch);
}

TEST(FragmentedBatch, IsRefusedIfAnyOfItIsMissing) {
  const std::string batch = SampleBatch(2);
  for (std::size_t bytes = 0; bytes < batch.size(); ++bytes) {
    const std::string_view cut_off = std::string_view(batch).substr(0, bytes);
    ASSERT_EQ(Judgement(ValidateBatch(CutAt(cut_off, {bytes / 3, bytes / 2}), {})),
              Judgement(ValidateBatch(cut_off, {})));
  }
}

TEST(FragmentedBatch, IsRefusedWithoutAKeyWhereKeysAreRequired) {
  BatchLimits limits;
  limits.keys_required = true;
  ExpectTheSameHoweverCut(Encode({{"k", "v", {}, 1}, {std::nullopt, "v", {}, 1}}), limits);
}

TEST(FragmentedBatch, CopiesOnlyRecordsThatAreCut) {
  if (!testing::kAllocationsAreCounted) GTEST_SKIP() << "the sanitizer owns the allocator";
  const std::string batch = SampleBatch(1000);
  const Fragments fragments = CutEvery(batch.size() / 4, batch);
  const std::size_t before = testing::AllocationCount();
  const bool accepted = ValidateBatch(fragments, {}).has_value();
  EXPECT_LE(testing::AllocationCount() - before, 9U);
  EXPECT_TRUE(accepted);
}

std::vector<std::string> ReadReceived(const Fragments& batch) {
  auto opened = RecordBatchReader::OpenReceived(batch);
  if (!opened) return {opened.error().message};
  RecordBatchReader reader = std::move(*opened);
  std::vector<RecordView> views;
  for (RecordView record; reader.Next(&record);) views.push_back(record);
  const RecordBatchReader moved = std::move(reader);
  std::vector<std::string> records;
  for (const RecordView& record : views) records.push_back(Describe(record));
  if (!moved.status()) records.push_back(moved.status().error().message);
  return records;
}

TEST(FragmentedBatch, HasTheSameRecordsWhereverItIsCut) {
  const std::string text(300, 'x');
  for (const std::string& batch :
       {SampleBatch(4), SampleBatch(4, Compression::kZstd),
        Encode({{.key = text, .headers = {{text, text}}, .timestamp_ms = 1}})}) {
    const std::vector<std::string> records = Describe(batch);
    for (std::size_t cut = 0; cut <= batch.size(); ++cut) {
      ASSERT_EQ(ReadReceived(CutAt(batch, {cut / 2, cut})), records) << cut;
    }
    for (const std::size_t each : {1, 7, 61, 1000}) {
      ASSERT_EQ(ReadReceived(CutEvery(each, batch)), records) << each;
    }
  }
}

TEST(FragmentedBatch, ThatIsReceivedHasItsChecksumChecked) {
  std::string batch = SampleBatch(2);
  batch.back() ^= 1;
  for (const Fragments& received : {CutAt(batch, {}), CutAt(batch, {70})}) {
    EXPECT_EQ(RecordBatchReader::OpenReceived(received).error().code, ErrorCode::CORRUPT_BATCH);
  }
}

TEST(FragmentedBatch, IsTakenFromTheFrontOfOthers) {
  const std::string first = SampleBatch(2);
  const std::string both = first + SampleBatch(3);
  for (std::size_t cut = 0; cut <= both.size(); ++cut) {
    const Fragments batches = CutAt(both, {cut});
    FragmentReader rest(batches);
    const auto taken = TakeBatch(rest);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->header.record_count, 2);
    EXPECT_EQ(Joined(taken->bytes).view(), first);
    EXPECT_EQ(TakeBatch(rest)->header.record_count, 3);
    EXPECT_TRUE(rest.AtEnd());
  }
}

TEST(FragmentedBatch, IsNotTakenIfItIsNotComplete) {
  const std::string batch = SampleBatch(2);
  for (std::size_t bytes = 0; bytes < batch.size(); ++bytes) {
    std::string_view cut_off = std::string_view(batch).substr(0, bytes);
    const Fragments fragments = CutAt(cut_off, {bytes / 2});
    FragmentReader rest(fragments);
    ASSERT_EQ(TakeBatch(rest).error().message, TakeBatch(cut_off).error().message) << bytes;
    EXPECT_EQ(rest.left_bytes(), bytes);
  }
}

}  // namespace
}  // namespace strata
