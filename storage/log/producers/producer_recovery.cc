#include "storage/log/producers/producer_recovery.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "storage/log/batch_scanner.h"
#include "storage/log/producers/producer_codec.h"
#include "storage/log/segment_name.h"
#include "storage/log/segment_survey.h"

namespace strata::storage {
namespace {

class Replay {
 public:
  Replay(const LogEnvironment& environment, PartitionId partition, Offset from,
         ProducerTable* table)
      : environment_(environment), partition_(partition), from_(from), table_(*table) {}

  // `end`: where the segment ends, or the next one begins.
  Result<void> Read(const SegmentView& segment, Offset end) {
    const std::string path = SegmentPath(environment_.data_dir, partition_, segment.base_offset);
    STRATA_TRY_ASSIGN(const auto file,
                      environment_.file_system.Open(path, FileSystem::OpenMode::kReadOnly));
    STRATA_TRY_ASSIGN(const auto start, FindStart(*file, segment));
    BatchScanner scanner(*file, start ? start->position : 0, segment.visible_bytes,
                         start ? start->offset : segment.base_offset,
                         BatchScanner::Check::kHeaders);
    BatchPlace batch;
    while (true) {
      STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
      if (!more) break;
      Add(batch.header);
    }
    if (scanner.end() == ScanEnd::kEndOfData) return Ok();
    // What lies in the damage is not known any more, like everything else about it.
    const SurveyRequest rest{segment.base_offset,
                             scanner.next_offset(),
                             scanner.position(),
                             segment.visible_bytes,
                             end,
                             end};
    STRATA_TRY(
        SurveySegment(*file, rest, [this](const BatchPlace& intact) { Add(intact.header); }));
    return Ok();
  }

 private:
  void Add(const BatchHeader& header) {
    if (header.base_offset >= from_ && header.numbered()) table_.Add(header, now_);
  }

  // The last indexed batch that is not behind `from_`, if it is really there.
  Result<std::optional<IndexEntry>> FindStart(const File& file, const SegmentView& segment) const {
    if (from_ <= segment.base_offset) return std::nullopt;
    const auto entry = environment_.index.FindOffset(partition_, from_);
    if (!entry || entry->segment_base != segment.base_offset) return std::nullopt;
    BatchScanner scanner(file, entry->position, segment.visible_bytes, entry->offset,
                         BatchScanner::Check::kCrc);
    BatchPlace batch;
    STRATA_TRY_ASSIGN(const bool valid, scanner.Next(&batch));
    if (!valid) return std::nullopt;
    return entry;
  }

  const LogEnvironment& environment_;
  const PartitionId partition_;
  const Offset from_;
  ProducerTable& table_;
  // When they were used is not known any more; so they are remembered rather longer.
  const ProducerTable::TimePoint now_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<RecoveredProducers> RecoverProducers(const LogEnvironment& environment,
                                            PartitionId partition,
                                            const std::optional<ProducerSnapshot>& note,
                                            std::span<const SegmentView> segments, Offset log_end) {
  RecoveredProducers recovered{ProducerTable(environment.producer_limits)};
  if (note && note->as_of <= log_end) {
    recovered.table =
        ProducerTable(*note, environment.producer_limits, std::chrono::steady_clock::now());
    recovered.noted_as_of = note->as_of;
  } else if (note) {
    STRATA_TRY(environment.state.DropProducers(partition));
  }
  Replay replay(environment, partition, recovered.noted_as_of, &recovered.table);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Offset end = i + 1 < segments.size() ? segments[i + 1].base_offset : log_end;
    if (end > recovered.noted_as_of) STRATA_TRY(replay.Read(segments[i], end));
  }
  // Sealed segments may be deleted from now on.
  const bool in_sealed = !segments.empty() && recovered.noted_as_of < segments.back().base_offset;
  if (in_sealed && recovered.table.producer_count() > 0) {
    const auto snapshot = recovered.table.Snapshot(log_end, std::chrono::steady_clock::now());
    const std::pair<PartitionId, std::string> renewed(partition, EncodeProducers(snapshot));
    STRATA_TRY(environment.state.NoteProducers({&renewed, 1}));
    recovered.noted_as_of = log_end;
  }
  return recovered;
}

}  // namespace strata::storage
