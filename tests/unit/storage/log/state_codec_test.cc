// Freezes what FORMAT.md says of the state of the logs.
#include "storage/log/state_codec.h"

#include <string>

#include <gtest/gtest.h>

#include "storage/encoding/numbers.h"
#include "storage/log/producers/producer_codec.h"
#include "tests/support/hex.h"

namespace strata::storage {
namespace {

using strata::testing::Hex;

constexpr PartitionId kPartition{0xab, 3};

TEST(StateCodec, KeysAndValuesAreFrozen) {
  EXPECT_EQ(Hex(state_codec::RunKey()), "7372756e");
  EXPECT_EQ(Hex(state_codec::RunValue({7, true})), "000000000000000701");
  EXPECT_EQ(Hex(state_codec::PartitionKeys(kPartition)), "7000000000000000ab00000003");
  EXPECT_EQ(Hex(state_codec::LogStartKey(kPartition)), "7000000000000000ab000000036c");
  EXPECT_EQ(Hex(state_codec::StableKey(kPartition)), "7000000000000000ab0000000373");
  EXPECT_EQ(Hex(state_codec::ProducersKey(kPartition)), "7000000000000000ab0000000369");
  EXPECT_EQ(Hex(state_codec::CleanEndKey(kPartition)), "7000000000000000ab0000000363");
  EXPECT_EQ(Hex(state_codec::SealedKey(kPartition, 0x100)),
            "7000000000000000ab00000003670000000000000100");
  EXPECT_EQ(Hex(state_codec::OffsetValue(0x1234)), "0000000000001234");
  EXPECT_EQ(Hex(state_codec::CleanEndValue(7, {0x100, 0x200, 0x300, 0x400})),
            "0000000000000007000000000000010000000000000002000000000000000300"
            "0000000000000400");
  EXPECT_EQ(Hex(state_codec::SealedValue({0x100, 0x200, 0x300, 0x400, 0x500})),
            "0000000000000200000000000000030000000000000004000000000000000500");
  EXPECT_EQ(Hex(state_codec::TimeKey()), "7374696d65");
  EXPECT_EQ(Hex(state_codec::TimeValue(0x1234)), "0000000000001234");
}

TEST(StateCodec, EveryEntryIsReadBack) {
  const CleanEnd end{1, 2, 3, 4};
  const SealedSegment sealed{5, 6, 7, 8, 9};
  LoadedState state;
  const auto add = [&](const std::string& key, const std::string& value) {
    EXPECT_TRUE(state_codec::ParseInto(key, value, /*clean_run=*/9, &state).has_value());
  };
  add(state_codec::LogStartKey(kPartition), state_codec::OffsetValue(11));
  add(state_codec::StableKey(kPartition), state_codec::OffsetValue(12));
  add(state_codec::CleanEndKey(kPartition), state_codec::CleanEndValue(9, end));
  add(state_codec::SealedKey(kPartition, 5), state_codec::SealedValue(sealed));
  EXPECT_EQ(state.log_start, 11);
  EXPECT_EQ(state.stable, 12);
  add(state_codec::ProducersKey(kPartition), EncodeProducers({.as_of = 13}));
  EXPECT_EQ(state.producers, ProducerSnapshot{.as_of = 13});
  EXPECT_EQ(state.clean_end, end);
  EXPECT_EQ(state.sealed.at(5), sealed);
}

TEST(StateCodec, ASealedSegmentOfTheFirstFormWasSealedNobodyKnowsWhen) {
  LoadedState state;
  ASSERT_TRUE(state_codec::ParseInto(state_codec::SealedKey(kPartition, 5),
                                     PackNumbers(Offset{6}, std::int64_t{7}, TimestampMs{8}), 9,
                                     &state)
                  .has_value());
  EXPECT_EQ(state.sealed.at(5), (SealedSegment{5, 6, 7, 8, kNoTimestamp}));
}

TEST(StateCodec, WhatCompactionKnowsOfASegmentIsFrozenAndReadBack) {
  SealedSegment segment{5, 6, 7, 8, 9};
  segment.generation = 10;
  segment.clean_since_ms = 11;
  segment.has_tombstones = false;
  EXPECT_EQ(Hex(state_codec::SealedValue(segment)),
            "0000000000000006000000000000000700000000000000080000000000000009"
            "0000000a000000000000000b00");
  EXPECT_EQ(Hex(state_codec::SwapKey(kPartition)), "7000000000000000ab0000000377");
  EXPECT_EQ(Hex(state_codec::SwapValue(segment)),
            "0000000000000005" + Hex(state_codec::SealedValue(segment)));
  EXPECT_EQ(Hex(state_codec::CleanedKey(kPartition)), "7000000000000000ab000000036b");

  LoadedState state;
  const auto add = [&](const std::string& key, const std::string& value) {
    EXPECT_TRUE(state_codec::ParseInto(key, value, 9, &state).has_value());
  };
  add(state_codec::SealedKey(kPartition, 5), state_codec::SealedValue(segment));
  add(state_codec::SwapKey(kPartition), state_codec::SwapValue(segment));
  add(state_codec::CleanedKey(kPartition), state_codec::OffsetValue(12));
  EXPECT_EQ(state.sealed.at(5), segment);
  EXPECT_EQ(state.swap, segment);
  EXPECT_EQ(state.cleaned, 12);
}

TEST(StateCodec, AKeyTellsItsPartition) {
  EXPECT_EQ(state_codec::PartitionOfKey(state_codec::SealedKey(kPartition, 5)), kPartition);
  EXPECT_EQ(state_codec::PartitionOfKey(state_codec::PartitionKeys(kPartition)), std::nullopt);
  EXPECT_EQ(state_codec::PartitionOfKey(state_codec::RunKey()), std::nullopt);
}

TEST(StateCodec, TheTimeIsReadBack) {
  EXPECT_EQ(state_codec::ParseTime(state_codec::TimeValue(12)), 12);
  EXPECT_EQ(state_codec::ParseTime("short").error().code, ErrorCode::CORRUPT_LOG);
}

TEST(StateCodec, ACleanEndOfAnotherRunDoesNotCount) {
  LoadedState state;
  ASSERT_TRUE(state_codec::ParseInto(state_codec::CleanEndKey(kPartition),
                                     state_codec::CleanEndValue(8, {}), /*clean_run=*/9, &state)
                  .has_value());
  EXPECT_FALSE(state.clean_end.has_value());
}

TEST(StateCodec, DamagedEntriesAreRefused) {
  LoadedState state;
  for (const std::string& key :
       {state_codec::LogStartKey(kPartition), state_codec::StableKey(kPartition),
        state_codec::CleanEndKey(kPartition), state_codec::SealedKey(kPartition, 5),
        state_codec::ProducersKey(kPartition), state_codec::SwapKey(kPartition),
        state_codec::CleanedKey(kPartition), state_codec::PartitionKeys(kPartition),
        state_codec::PartitionKeys(kPartition) + "?"}) {
    const auto parsed = state_codec::ParseInto(key, "short", 9, &state);
    EXPECT_EQ(parsed.error().code, ErrorCode::CORRUPT_LOG);
  }
  EXPECT_FALSE(state_codec::ParseRun("").has_value());
  EXPECT_FALSE(state_codec::ParseRun(std::string(9, '\x02')).has_value());
}

}  // namespace
}  // namespace strata::storage
