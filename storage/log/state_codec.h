// Keys and values of the logs' state, as FORMAT.md beside this file describes them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log/log_state.h"
#include "storage/log_store.h"

namespace strata::storage::state_codec {

// Of the whole store: how often it was opened, and whether it stopped cleanly since.
struct Run {
  std::uint64_t number = 0;
  bool clean = false;
};

std::string RunKey();
std::string RunValue(const Run& run);
Result<Run> ParseRun(std::string_view value);

// Of the whole store: how late it was when somebody noted it.
std::string TimeKey();
std::string TimeValue(TimestampMs time);
Result<TimestampMs> ParseTime(std::string_view value);

// What the keys of a partition begin with.
std::string PartitionKeys(PartitionId partition);
// Which partition a key speaks of; nothing if it is not the key of one.
std::optional<PartitionId> PartitionOfKey(std::string_view key);

std::string LogStartKey(PartitionId partition);
std::string StableKey(PartitionId partition);
std::string OffsetValue(Offset offset);

// Its value is EncodeProducers of a snapshot.
std::string ProducersKey(PartitionId partition);

std::string CleanEndKey(PartitionId partition);
std::string CleanEndValue(std::uint64_t run, const CleanEnd& end);

std::string CleanedKey(PartitionId partition);

// A swap of segments that was begun.
std::string SwapKey(PartitionId partition);
std::string SwapValue(const SealedSegment& segment);

std::string SealedKey(PartitionId partition, Offset base_offset);
std::string SealedValue(const SealedSegment& segment);

// Adds one entry of a partition to `state`. A clean end of another run than `clean_run` is left
// out. CORRUPT_LOG: not an entry that this build could have written.
Result<void> ParseInto(std::string_view key, std::string_view value, std::uint64_t clean_run,
                       LoadedState* state);

}  // namespace strata::storage::state_codec
