#include "storage/log/index_builder.h"

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

BatchPlace BatchAt(Offset offset, std::int64_t position, TimestampMs max_timestamp_ms) {
  BatchPlace batch;
  batch.header.base_offset = offset;
  batch.header.max_timestamp_ms = max_timestamp_ms;
  batch.position = position;
  return batch;
}

TEST(IndexBuilder, AnEntryIsMadeForEveryInterval) {
  IndexBuilder builder(100);
  EXPECT_FALSE(builder.Add(BatchAt(100, 0, 5)));
  EXPECT_FALSE(builder.Add(BatchAt(101, kIndexIntervalBytes - 1, 7)));
  EXPECT_EQ(builder.Add(BatchAt(102, kIndexIntervalBytes + 9, 6)),
            (IndexEntry{102, 100, kIndexIntervalBytes + 9, 7}));
  EXPECT_FALSE(builder.Add(BatchAt(103, 2 * kIndexIntervalBytes + 8, 6)));
  EXPECT_TRUE(builder.Add(BatchAt(104, 2 * kIndexIntervalBytes + 9, 6)));
}

TEST(IndexBuilder, TimesNeverRunBackwards) {
  IndexBuilder builder(0);
  for (const TimestampMs time : {100, 300, 200}) builder.Add(BatchAt(0, 0, time));
  EXPECT_EQ(builder.max_timestamp_ms(), 300);
}

TEST(IndexBuilder, ItGoesOnBehindAnEntry) {
  IndexBuilder builder(IndexEntry{50, 10, 70'000, 900});
  EXPECT_FALSE(builder.Add(BatchAt(50, 70'000, 5)));
  EXPECT_EQ(builder.Add(BatchAt(60, 70'000 + kIndexIntervalBytes, 5)),
            (IndexEntry{60, 10, 70'000 + kIndexIntervalBytes, 900}));
}

}  // namespace
}  // namespace strata::storage
