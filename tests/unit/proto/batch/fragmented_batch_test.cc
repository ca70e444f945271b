// A batch in fragments is judged as if it lay in one piece.
#include <string>
#include <string_view>
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
using testing::Encode;
using testing::HeaderFor;
using testing::SampleBatch;
using testing::Seal;

std::string Judgement(const Result<BatchHeader>& result) {
  if (!result) return result.error().message;
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
  ExpectTheSameHoweverCut(Encode({{.key = text, .value = text, .headers = {{text, text}}}}));
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
  EXPECT_LE(testing::AllocationCount() - before, 4U);
  EXPECT_TRUE(accepted);
}

}  // namespace
}  // namespace strata
