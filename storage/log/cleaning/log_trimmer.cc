#include "storage/log/cleaning/log_trimmer.h"

#include <algorithm>
#include <vector>

#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

Result<void> DeleteSegments(const LogEnvironment& environment, PartitionLog& log,
                            Offset log_start) {
  const std::vector<Offset> dropped = log.DropBelow(log_start);
  if (dropped.empty()) return Ok();
  // The segment that stays may be new. After a power cut it must not be missing behind those that
  // come back.
  STRATA_TRY(
      environment.file_system.SyncDirectory(PartitionDirectory(environment.data_dir, log.id())));
  for (const Offset base_offset : dropped) {
    STRATA_TRY(environment.file_system.RemoveFile(
        SegmentPath(environment.data_dir, log.id(), base_offset)));
    environment.files.Forget(log.id(), base_offset);
  }
  const Offset first_kept = *log.first_segment();
  // What stays in the index only takes room: nobody looks for it any more.
  environment.index.DropBelow(log.id(), first_kept);
  return environment.state.DropSealedBelow(log.id(), first_kept);
}

}  // namespace

Result<Offset> TrimLog(const LogEnvironment& environment, PartitionLog& log, Offset new_start) {
  FairLock turn(log.upkeep());
  STRATA_TRY(log.CheckUpkeep());
  const LogEnds ends = log.ends();
  const Offset log_start = std::clamp(new_start, ends.log_start, ends.stable);
  if (log_start > ends.log_start) {
    STRATA_TRY(environment.state.SetLogStart(log.id(), log_start));
    STRATA_TRY(DeleteSegments(environment, log, log_start));
  }
  return log_start;
}

}  // namespace strata::storage
