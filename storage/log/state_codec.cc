#include "storage/log/state_codec.h"

#include "storage/encoding/numbers.h"
#include "storage/index/index_key.h"
#include "storage/log/producers/producer_codec.h"

namespace strata::storage::state_codec {
namespace {

// The first byte of a key says what it speaks of: the store, or a partition.
constexpr char kStore = 's';
constexpr char kPartition = 'p';

constexpr char kCleaned = 'k';
constexpr char kCleanEnd = 'c';
constexpr char kLogStart = 'l';
constexpr char kProducers = 'i';
constexpr char kSealed = 'g';
constexpr char kStable = 's';
constexpr char kSwap = 'w';

constexpr std::size_t kKindPosition = 1 + kPartitionPrefixBytes;

std::string Key(PartitionId partition, char kind) {
  return PartitionKeys(partition) + kind;
}

// What compaction knows of a segment is left out as long as it knows nothing; the first form ends
// before the time of the sealing.
bool ParseSealed(std::string_view value, SealedSegment* segment) {
  std::uint8_t has_tombstones = 1;
  const bool parsed =
      UnpackNumbers(value, &segment->next_offset, &segment->size_bytes, &segment->max_timestamp_ms,
                    &segment->sealed_at_ms, &segment->generation, &segment->clean_since_ms,
                    &has_tombstones) ||
      UnpackNumbers(value, &segment->next_offset, &segment->size_bytes, &segment->max_timestamp_ms,
                    &segment->sealed_at_ms) ||
      UnpackNumbers(value, &segment->next_offset, &segment->size_bytes, &segment->max_timestamp_ms);
  segment->has_tombstones = has_tombstones == 1;
  return parsed && has_tombstones <= 1;
}

bool ParseSwap(std::string_view value, SealedSegment* segment) {
  constexpr std::size_t kBaseBytes = sizeof(Offset);
  return value.size() > kBaseBytes &&
         UnpackNumbers(value.substr(0, kBaseBytes), &segment->base_offset) &&
         ParseSealed(value.substr(kBaseBytes), segment);
}

tl::unexpected<Error> Damaged(std::string_view what) {
  return Fail(ErrorCode::CORRUPT_LOG,
              "the state of the logs has a damaged entry (" + std::string(what) + ")");
}

}  // namespace

std::string RunKey() {
  return std::string(1, kStore) + "run";
}

std::string RunValue(const Run& run) {
  return PackNumbers(run.number, static_cast<std::uint8_t>(run.clean));
}

Result<Run> ParseRun(std::string_view value) {
  Run run;
  std::uint8_t clean = 0;
  if (!UnpackNumbers(value, &run.number, &clean) || clean > 1) return Damaged("run");
  run.clean = clean == 1;
  return run;
}

std::string TimeKey() {
  return std::string(1, kStore) + "time";
}

std::string TimeValue(TimestampMs time) {
  return PackNumbers(time);
}

Result<TimestampMs> ParseTime(std::string_view value) {
  TimestampMs time = kNoTimestamp;
  if (!UnpackNumbers(value, &time)) return Damaged("time");
  return time;
}

std::string PartitionKeys(PartitionId partition) {
  return std::string(1, kPartition) + PartitionPrefix(partition);
}

std::optional<PartitionId> PartitionOfKey(std::string_view key) {
  PartitionId partition;
  if (key.size() <= kKindPosition || key.front() != kPartition ||
      !UnpackNumbers(key.substr(1, kPartitionPrefixBytes), &partition.topic,
                     &partition.partition)) {
    return std::nullopt;
  }
  return partition;
}

std::string LogStartKey(PartitionId partition) {
  return Key(partition, kLogStart);
}
std::string StableKey(PartitionId partition) {
  return Key(partition, kStable);
}

std::string ProducersKey(PartitionId partition) {
  return Key(partition, kProducers);
}

std::string OffsetValue(Offset offset) {
  return PackNumbers(offset);
}

std::string CleanEndKey(PartitionId partition) {
  return Key(partition, kCleanEnd);
}

std::string CleanEndValue(std::uint64_t run, const CleanEnd& end) {
  return PackNumbers(run, end.segment_base, end.log_end, end.size_bytes, end.max_timestamp_ms);
}

std::string SealedKey(PartitionId partition, Offset base_offset) {
  return Key(partition, kSealed) + PackNumbers(base_offset);
}

std::string SealedValue(const SealedSegment& segment) {
  std::string value = PackNumbers(segment.next_offset, segment.size_bytes, segment.max_timestamp_ms,
                                  segment.sealed_at_ms);
  const bool compacted =
      segment.generation != 0 || segment.clean_since_ms != kNoTimestamp || !segment.has_tombstones;
  if (compacted) {
    value += PackNumbers(segment.generation, segment.clean_since_ms,
                         static_cast<std::uint8_t>(segment.has_tombstones));
  }
  return value;
}

std::string CleanedKey(PartitionId partition) {
  return Key(partition, kCleaned);
}

std::string SwapKey(PartitionId partition) {
  return Key(partition, kSwap);
}

std::string SwapValue(const SealedSegment& segment) {
  return PackNumbers(segment.base_offset) + SealedValue(segment);
}

Result<void> ParseInto(std::string_view key, std::string_view value, std::uint64_t clean_run,
                       LoadedState* state) {
  if (key.size() <= kKindPosition) return Damaged("key");
  const char kind = key[kKindPosition];
  key.remove_prefix(kKindPosition + 1);
  if (kind == kLogStart) {
    return UnpackNumbers(value, &state->log_start) ? Ok() : Damaged("log start");
  }
  if (kind == kStable) return UnpackNumbers(value, &state->stable) ? Ok() : Damaged("stable");
  if (kind == kProducers) {
    STRATA_TRY_ASSIGN(state->producers, DecodeProducers(value));
    return Ok();
  }
  if (kind == kCleaned) return UnpackNumbers(value, &state->cleaned) ? Ok() : Damaged("cleaned");
  if (kind == kSwap) {
    state->swap.emplace();
    return ParseSwap(value, &*state->swap) ? Ok() : Damaged("swap");
  }
  if (kind == kCleanEnd) {
    std::uint64_t run = 0;
    CleanEnd end;
    if (!UnpackNumbers(value, &run, &end.segment_base, &end.log_end, &end.size_bytes,
                       &end.max_timestamp_ms)) {
      return Damaged("clean end");
    }
    if (run == clean_run) state->clean_end = end;
    return Ok();
  }
  SealedSegment segment;
  if (kind != kSealed || !UnpackNumbers(key, &segment.base_offset) ||
      !ParseSealed(value, &segment)) {
    return Damaged("sealed segment");
  }
  state->sealed[segment.base_offset] = segment;
  return Ok();
}

}  // namespace strata::storage::state_codec
