#include "storage/log/log_state.h"

#include <string>
#include <string_view>

#include <spdlog/spdlog.h>

#include "storage/index/partition_runs.h"
#include "storage/log/state_codec.h"
#include "storage/rocks/rocks_batch.h"

namespace strata::storage {

LogState::LogState(RocksDb& database, std::uint64_t run, bool last_run_clean)
    : database_(&database),
      family_(database.Family(kLogStateFamily)),
      run_(run),
      last_run_clean_(last_run_clean) {}

Result<LogState> LogState::Open(RocksDb& database) {
  const RocksFamily family = database.Family(kLogStateFamily);
  STRATA_TRY_ASSIGN(const auto stored, database.Get(family, state_codec::RunKey()));
  state_codec::Run last;
  if (stored) {
    STRATA_TRY_ASSIGN(last, state_codec::ParseRun(*stored));
    if (!last.clean) {
      spdlog::info("the last run did not end in order: looking at the end of each log");
    }
  }
  RocksBatch batch;
  batch.Put(family, state_codec::RunKey(), state_codec::RunValue({last.number + 1, false}));
  STRATA_TRY(database.Write(batch, /*sync=*/true));
  return LogState(database, last.number + 1, last.clean);
}

Result<LoadedState> LogState::Load(PartitionId partition) const {
  LoadedState state;
  Result<void> parsed;
  const std::uint64_t clean_run = last_run_clean_ ? run_ - 1 : 0;
  STRATA_TRY(database_->ScanPrefix(family_, state_codec::PartitionKeys(partition),
                                   [&](std::string_view key, std::string_view value) {
                                     parsed = state_codec::ParseInto(key, value, clean_run, &state);
                                     return parsed.has_value();
                                   }));
  STRATA_TRY(parsed);
  return state;
}

Result<void> LogState::SetLogStart(PartitionId partition, Offset log_start) {
  RocksBatch batch;
  batch.Put(family_, state_codec::LogStartKey(partition), state_codec::OffsetValue(log_start));
  return database_->Write(batch, /*sync=*/true);
}

Result<void> LogState::NoteStable(std::span<const std::pair<PartitionId, Offset>> stable) {
  RocksBatch batch;
  for (const auto& [partition, offset] : stable) {
    batch.Put(family_, state_codec::StableKey(partition), state_codec::OffsetValue(offset));
  }
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::NoteSealed(PartitionId partition, const SealedSegment& segment) {
  RocksBatch batch;
  batch.Put(family_, state_codec::SealedKey(partition, segment.base_offset),
            state_codec::SealedValue(segment));
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::NoteProducers(std::span<const std::pair<PartitionId, std::string>> notes) {
  if (notes.empty()) return Ok();
  RocksBatch batch;
  for (const auto& [partition, note] : notes) {
    batch.Put(family_, state_codec::ProducersKey(partition), note);
  }
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::DropProducers(PartitionId partition) {
  RocksBatch batch;
  batch.Delete(family_, state_codec::ProducersKey(partition));
  return database_->Write(batch, /*sync=*/true);
}

Result<void> LogState::NoteTime(TimestampMs latest) {
  RocksBatch batch;
  batch.Put(family_, state_codec::TimeKey(), state_codec::TimeValue(latest));
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::NoteCleaned(PartitionId partition, Offset offset) {
  RocksBatch batch;
  batch.Put(family_, state_codec::CleanedKey(partition), state_codec::OffsetValue(offset));
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::BeginSwap(PartitionId partition, const SealedSegment& segment) {
  RocksBatch batch;
  batch.Put(family_, state_codec::SwapKey(partition), state_codec::SwapValue(segment));
  return database_->Write(batch, /*sync=*/true);
}

Result<void> LogState::FinishSwap(PartitionId partition, const SealedSegment& segment) {
  RocksBatch batch;
  batch.Delete(family_, state_codec::SwapKey(partition));
  STRATA_TRY(database_->DeleteRange(family_, state_codec::SealedKey(partition, segment.base_offset),
                                    state_codec::SealedKey(partition, segment.next_offset),
                                    &batch));
  batch.Put(family_, state_codec::SealedKey(partition, segment.base_offset),
            state_codec::SealedValue(segment));
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::DropSwap(PartitionId partition) {
  RocksBatch batch;
  batch.Delete(family_, state_codec::SwapKey(partition));
  return database_->Write(batch, /*sync=*/true);
}

Result<TimestampMs> LogState::LatestTime() const {
  STRATA_TRY_ASSIGN(const auto stored, database_->Get(family_, state_codec::TimeKey()));
  if (!stored) return kNoTimestamp;
  return state_codec::ParseTime(*stored);
}

Result<void> LogState::DropSealedBelow(PartitionId partition, Offset base_offset) {
  RocksBatch batch;
  STRATA_TRY(database_->DeleteRange(family_, state_codec::SealedKey(partition, 0),
                                    state_codec::SealedKey(partition, base_offset), &batch));
  return database_->Write(batch, /*sync=*/false);
}

Result<void> LogState::Remove(const std::vector<PartitionId>& partitions) {
  RocksBatch batch;
  for (const auto& [first, last] : RunsOf(partitions)) {
    STRATA_TRY(database_->DeleteRange(family_, state_codec::PartitionKeys(first),
                                      PrefixEnd(state_codec::PartitionKeys(last)), &batch));
  }
  return database_->Write(batch, /*sync=*/true);
}

Result<void> LogState::NoteCleanStop(std::span<const std::pair<PartitionId, CleanEnd>> ends) {
  RocksBatch batch;
  for (const auto& [partition, end] : ends) {
    batch.Put(family_, state_codec::CleanEndKey(partition), state_codec::CleanEndValue(run_, end));
    batch.Put(family_, state_codec::StableKey(partition), state_codec::OffsetValue(end.log_end));
  }
  batch.Put(family_, state_codec::RunKey(), state_codec::RunValue({run_, true}));
  return database_->Write(batch, /*sync=*/true);
}

}  // namespace strata::storage
