// What the parts of one log store share. Everything is owned by the store and outlives the parts.
#pragma once

#include <string>

#include "storage/index/offset_index.h"
#include "storage/io/file_system.h"
#include "storage/log/cleaning/retention_clock.h"
#include "storage/log/disk_reserve.h"
#include "storage/log/log_state.h"
#include "storage/log/producers/producer_fences.h"
#include "storage/log/producers/producer_table.h"
#include "storage/log/segment_files.h"
#include "storage/log/sync_gate.h"
#include "storage/log/tail_cache.h"

namespace strata::storage {

struct LogEnvironment {
  FileSystem& file_system;
  const std::string& data_dir;
  LogState& state;
  OffsetIndex& index;
  TailCache& cache;
  SegmentFiles& files;
  SyncGate& gate;
  const DiskReserve& reserve;
  RetentionClock& clock;
  ProducerFences& fences;
  ProducerLimits producer_limits;
};

}  // namespace strata::storage
