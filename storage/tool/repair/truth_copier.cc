#include "storage/tool/repair/truth_copier.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/cursors/cursor_codec.h"
#include "storage/encoding/quote.h"
#include "storage/log/producers/producer_codec.h"
#include "storage/log/segment_name.h"
#include "storage/log/state_codec.h"
#include "storage/metadata/metadata_codec.h"
#include "storage/rocks/rocks_batch.h"

namespace strata::storage::tool {
namespace {

constexpr char kCursorsPlace[] = "meta, family cursors";

void FitCursor(Offset log_end, GroupCursor* entry, Report* report) {
  Cursor& cursor = entry->cursor;
  if (std::max(cursor.current, cursor.committed) <= log_end) return;
  report->Add(
      {Severity::kDamage, kCursorsPlace,
       fmt::format("the cursor of group {} on {} was at {} (committed {}) and is moved back "
                   "to the log end, {}",
                   Quote(entry->group), Describe(entry->partition), cursor.current,
                   cursor.committed, log_end)});
  cursor.current = std::min(cursor.current, log_end);
  cursor.committed = std::min(cursor.committed, log_end);
}

void PutMetadata(const Truth& truth, RocksFamily family, RocksBatch* batch) {
  std::int64_t revision = truth.revision.value_or(0);
  for (const VersionedValue& entry : truth.metadata) {
    batch->Put(family, EncodeMetadataKey(entry.key),
               EncodeMetadataValue(entry.version, entry.value));
    revision = std::max(revision, entry.version);
  }
  if (revision > 0) batch->Put(family, EncodeRevisionKey(), EncodeRevision(revision));
}

void PutCursors(const Truth& truth, RocksFamily family, RocksBatch* batch) {
  for (const std::string& group : truth.groups) {
    batch->Put(family, EncodeGroupKey(group), EncodeGroupValue());
  }
  for (const GroupCursor& entry : truth.cursors) {
    batch->Put(family, EncodeCursorKey(entry.group, entry.partition), EncodeCursor(entry.cursor));
  }
}

void PutLog(PartitionId partition, const CopiedLog& log, const LoadedState* known,
            RocksFamily family, RocksBatch* batch) {
  batch->Put(family, state_codec::LogStartKey(partition), state_codec::OffsetValue(log.log_start));
  batch->Put(family, state_codec::StableKey(partition), state_codec::OffsetValue(log.log_end));
  for (const auto& [base_offset, note] : log.sealed) {
    batch->Put(family, state_codec::SealedKey(partition, base_offset),
               state_codec::SealedValue(note));
  }
  if (known == nullptr) return;
  if (known->cleaned > 0) {
    const Offset cleaned = std::min(known->cleaned, log.log_end);
    batch->Put(family, state_codec::CleanedKey(partition), state_codec::OffsetValue(cleaned));
  }
  // A note of what is lost would be wrong; without one the headers of the log tell.
  if (known->producers && known->producers->as_of <= log.log_end) {
    batch->Put(family, state_codec::ProducersKey(partition), EncodeProducers(*known->producers));
  }
}

}  // namespace

void FitCursors(const std::map<PartitionId, CopiedLog>& logs, Truth* truth, Report* report) {
  for (GroupCursor& entry : truth->cursors) {
    if (truth->groups.insert(entry.group).second) {
      report->Add({Severity::kDamage, kCursorsPlace,
                   "group " + Quote(entry.group) + " had cursors but no entry, and gets one"});
    }
    const auto log = logs.find(entry.partition);
    if (log != logs.end()) FitCursor(log->second.log_end, &entry, report);
  }
}

Result<void> WriteTruth(const Truth& truth, const std::map<PartitionId, CopiedLog>& logs,
                        RocksDb& database) {
  RocksBatch batch;
  PutMetadata(truth, database.Family(kMetadataFamily), &batch);
  PutCursors(truth, database.Family(kCursorFamily), &batch);
  const RocksFamily log_state = database.Family(kLogStateFamily);
  for (const auto& [partition, log] : logs) {
    const auto known = truth.logs.find(partition);
    PutLog(partition, log, known == truth.logs.end() ? nullptr : &known->second, log_state, &batch);
  }
  if (truth.latest_time) {
    batch.Put(log_state, state_codec::TimeKey(), state_codec::TimeValue(*truth.latest_time));
  }
  // Not clean: no note of a clean stop counts, and each log is looked at when it is opened.
  const std::uint64_t run = truth.run ? truth.run->number : 0;
  batch.Put(log_state, state_codec::RunKey(), state_codec::RunValue({run, false}));
  return database.Write(batch, /*sync=*/true);
}

}  // namespace strata::storage::tool
