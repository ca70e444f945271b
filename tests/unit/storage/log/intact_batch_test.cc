#include "storage/log/intact_batch.h"

#include <string>

#include <gtest/gtest.h>

#include "proto/base/big_endian.h"
#include "tests/support/log_batches.h"
#include "tests/support/memory_file.h"
#include "tests/support/placed_batch.h"

namespace strata::storage {
namespace {

using strata::testing::MakeBatch;
using strata::testing::MemoryFile;
using strata::testing::Placed;

std::optional<BatchPlace> Find(const std::string& bytes, Offset lowest = 0, Offset highest = 100) {
  const MemoryFile file(bytes);
  return FindIntactBatch(file, 0, static_cast<std::int64_t>(bytes.size()), lowest, highest).value();
}

// A batch whose last bytes are the value of its last header.
std::string MakeBatchEndingIn(const std::string& header_value) {
  RecordView record;
  record.value = "carrier";
  record.headers = {{"kept", header_value}};
  record.timestamp_ms = 1000;
  RecordBatchBuilder builder;
  builder.Add(record);
  return builder.Finish();
}

const std::string kGarbage(777, '\x02');

TEST(FindIntactBatch, ABatchIsFoundBehindGarbage) {
  const auto found = Find(kGarbage + Placed(MakeBatch({"a"}), 7));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->position, 777);
  EXPECT_EQ(found->header.base_offset, 7);
}

TEST(FindIntactBatch, ABatchIsFoundWhereverItLiesToTheBordersOfReads) {
  const std::string batch = Placed(MakeBatch({"a"}), 7);
  for (std::size_t before = 0; before <= batch.size(); ++before) {
    const std::size_t position = (1 << 20) - before;
    const auto found = Find(std::string(position, '\xee') + batch);
    ASSERT_TRUE(found.has_value()) << position;
    EXPECT_EQ(found->position, static_cast<std::int64_t>(position));
  }
}

TEST(FindIntactBatch, NothingIsFoundInGarbageZerosOrWhatIsCut) {
  EXPECT_FALSE(Find(kGarbage).has_value());
  EXPECT_FALSE(Find(std::string(10'000, '\0')).has_value());
  const std::string batch = Placed(MakeBatch({"a"}), 7);
  EXPECT_FALSE(Find(kGarbage + batch.substr(0, batch.size() - 1)).has_value());
  EXPECT_FALSE(Find("").has_value());
}

TEST(FindIntactBatch, ADamagedBatchIsPassedOver) {
  std::string damaged = Placed(MakeBatch({"a"}), 7);
  damaged.back() = static_cast<char>(~damaged.back());
  const auto found = Find(damaged + Placed(MakeBatch({"b"}), 8));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 8);
}

TEST(FindIntactBatch, OnlyBatchesOfTheOffsetsAskedForCount) {
  const std::string bytes = Placed(MakeBatch({"a", "b"}), 7);
  EXPECT_TRUE(Find(bytes, 7, 9).has_value());
  EXPECT_FALSE(Find(bytes, 8, 100).has_value());
  EXPECT_FALSE(Find(bytes, 0, 8).has_value());
}

TEST(FindIntactBatch, ABatchInTheValueOfARecordIsNotTakenForOneOfTheLog) {
  std::string carrier = Placed(MakeBatch({Placed(MakeBatch({"inner"}), 5)}), 4);
  carrier.front() = '\x7f';
  const auto found = Find(carrier + Placed(MakeBatch({"b"}), 6) + Placed(MakeBatch({"c"}), 7));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 6);
}

TEST(FindIntactBatch, ABatchInAValueIsKnownByWhatFollowsItWhenTheLengthIsDamagedToo) {
  std::string carrier = Placed(MakeBatch({Placed(MakeBatch({"inner"}), 5), "more"}), 4);
  carrier[8] = '\x7f';
  const auto found = Find(carrier + Placed(MakeBatch({"b"}), 6) + Placed(MakeBatch({"c"}), 7));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 6);
}

TEST(FindIntactBatch, OneBetweenTwoDamagedOnesIsFound) {
  std::string first = Placed(MakeBatch({"a"}), 0);
  std::string third = Placed(MakeBatch({"c"}), 2);
  first.back() = third.back() = '\x7f';
  const std::string rest = third + Placed(MakeBatch({"d"}), 3);
  for (const std::string& damaged : {first, kGarbage}) {
    const auto found = Find(damaged + Placed(MakeBatch({"b"}), 1) + rest);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->header.base_offset, 1);
  }
}

TEST(FindIntactBatch, TheFirstCountsIfNothingThatFollowsConfirmsAny) {
  const auto found = Find("x" + Placed(MakeBatch({"b"}), 1) + kGarbage);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 1);
}

TEST(FindIntactBatch, WhateverBitOfTheLengthIsDamagedTheNextBatchIsFound) {
  const std::string first = Placed(MakeBatch({"a", "b"}), 0);
  for (int bit = 0; bit < 32; ++bit) {
    std::string bytes = first + Placed(MakeBatch({"c"}), 2);
    bytes[static_cast<std::size_t>(8 + bit / 8)] ^= static_cast<char>(1 << (bit % 8));
    const auto found = Find(bytes);
    ASSERT_TRUE(found.has_value()) << "bit " << bit;
    EXPECT_EQ(found->position, static_cast<std::int64_t>(first.size())) << "bit " << bit;
  }
}

TEST(FindIntactBatch, ADamagedLengthThatLeadsToALaterBatchLosesNoneBetween) {
  const std::string carrier = Placed(MakeBatch({Placed(MakeBatch({"inner"}), 1), "more"}), 0);
  const std::string between =
      Placed(MakeBatch({"a", "b"}), 2) + Placed(MakeBatch({"compaction left a gap before"}), 7);
  std::string damaged = carrier;
  // The length does not count itself and what is before it.
  StoreBigEndian(&damaged[8], static_cast<std::int32_t>(carrier.size() + between.size()) - 12);
  const auto found = Find(damaged + between + Placed(MakeBatch({"c"}), 8));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 2);
}

TEST(FindIntactBatch, ABatchThatEndsADamagedOneIsNotTakenForOneOfTheLog) {
  const std::string inner = Placed(MakeBatch({"inner"}), 5);
  std::string carrier = Placed(MakeBatchEndingIn(inner), 5);
  ASSERT_TRUE(carrier.ends_with(inner));
  carrier[kBatchHeaderBytes] = static_cast<char>(~carrier[kBatchHeaderBytes]);
  const auto found = Find(carrier + Placed(MakeBatch({"b"}), 6), 5);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.base_offset, 6);
}

TEST(FindIntactBatch, AJumpOfTheOffsetsIsBelievedOnlyIfTheNextBatchGoesOnBehindIt) {
  const std::string jumped = Placed(MakeBatch({"x"}), 7);
  EXPECT_EQ(Find(jumped + Placed(MakeBatch({"y"}), 8))->position, 0);
  // Here the base offset itself, which no CRC covers, is damaged.
  const auto next = Find(jumped + Placed(MakeBatch({"y"}), 4));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->header.base_offset, 4);
  EXPECT_FALSE(Find(jumped).has_value());
}

TEST(FindIntactBatch, GivesUpOnBytesThatOnlyLookLikeBatches) {
  // Each begins a batch of 8 MiB with a wrong CRC: checking them all would take for ever.
  const BatchHeader header{.base_offset = 3, .batch_length = 8 << 20, .record_count = 1};
  std::string one(kBatchHeaderBytes, '\0');
  EncodeBatchHeader(header, one.data());
  std::string bytes = "x";
  while (bytes.size() < 16 << 20) bytes += one;
  EXPECT_FALSE(Find(bytes + Placed(MakeBatch({"a"}), 3)).has_value());
}

}  // namespace
}  // namespace strata::storage
