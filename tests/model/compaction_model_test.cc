// Random histories of a compacted log, against plain lists: appends of keyed records and
// tombstones, compactions with little memory, restarts, power cuts, time. Whatever happens, the
// records that are left are a part of those that were appended, at their offsets and in their
// order; the last one of each key is among them, unless it was a tombstone; and a replay gives the
// same table.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "storage/log/local_log_store_impl.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/fake_time.h"
#include "tests/support/keyed_batches.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::KeyedRecord;
using strata::testing::Replay;

constexpr PartitionId kPartition{1, 0};

class CompactedLog {
 public:
  CompactedLog() {
    options_.segment_bytes = 1'000;
    options_.cleanup.compact = true;
    options_.cleanup.dirty_ratio = *rc::gen::elementOf(std::vector<double>{0, 0.3, 0.5});
    options_.cleanup.tombstone_age = std::chrono::milliseconds(*rc::gen::inRange(0, 1'000));
    store_options_.compaction_map_bytes =
        *rc::gen::elementOf(std::vector<std::size_t>{0, 500, 100'000});
    store_options_.cleanup_interval = std::chrono::milliseconds(0);
    store_options_.time_source = &time_;
    if (*rc::gen::arbitrary<bool>()) store_options_.tail_cache_bytes = 0;
    Open();
  }

  void Step() {
    switch (*rc::gen::weightedElement<int>({{8, 0}, {3, 1}, {1, 2}, {2, 3}})) {
      case 0:
        return AppendBatch();
      case 1:
        return static_cast<LocalLogStore&>(*store_).CleanAll();
      case 2:
        return Restart();
      default:
        return time_.Pass(std::chrono::milliseconds(*rc::gen::inRange(1, 600)));
    }
  }

  void Check() {
    RC_ASSERT(store_->Ends(kPartition)->log_end == static_cast<Offset>(all_.size()));
    const auto left = strata::testing::ReadKeyed(
        *store_, kPartition, 0, static_cast<std::size_t>(*rc::gen::inRange(1, 5'000)));
    Offset last = kNoOffset;
    std::map<std::string, Offset> found;
    for (const KeyedRecord& record : left) {
      RC_ASSERT(record.offset > last);
      last = record.offset;
      RC_ASSERT(record == all_[static_cast<std::size_t>(record.offset)]);
      found[*record.key] = record.offset;
    }
    for (const auto& [key, offset] : last_of_key_) {
      if (!all_[static_cast<std::size_t>(offset)].value) continue;
      RC_ASSERT(found.contains(key) && found[key] == offset);
    }
    RC_ASSERT(Replay(left) == Replay(all_));
  }

 private:
  void Open() {
    store_ = place_.Open(store_options_);
    RC_ASSERT(store_->Open(kPartition, options_).has_value());
  }

  void Restart() {
    const bool in_order = *rc::gen::arbitrary<bool>();
    if (in_order) {
      RC_ASSERT(store_->Close().has_value());
    } else {
      disk_.CutPowerAt(0);
      disk_.LetOldProcessEnd();
    }
    store_.reset();
    place_.CloseDatabases();
    if (!in_order) disk_.Restart(*rc::gen::arbitrary<std::uint64_t>());
    Open();
    RC_ASSERT(store_->Status(kPartition)->health.has_value());
  }

  void AppendBatch() {
    std::vector<KeyedRecord> records;
    const int count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
      KeyedRecord record;
      record.key = "key" + std::to_string(*rc::gen::inRange(0, 12));
      if (*rc::gen::inRange(0, 4) != 0) {
        record.value = std::to_string(all_.size()) +
                       std::string(static_cast<std::size_t>(*rc::gen::inRange(0, 80)), '.');
      }
      record.offset = static_cast<Offset>(all_.size());
      last_of_key_[*record.key] = record.offset;
      all_.push_back(record);
      records.push_back(record);
    }
    const auto codec = *rc::gen::element(Compression::kNone, Compression::kLz4, Compression::kZstd);
    const auto batch = strata::testing::MakeKeyedBatch(records, time_.Wall(), codec);
    RC_ASSERT(strata::testing::Append(*store_, kPartition, batch).has_value());
  }

  strata::testing::FakeTime time_;
  strata::testing::SimulatedFileSystem disk_;
  strata::testing::LogPlace place_{disk_};
  LogOptions options_;
  LocalLogStoreOptions store_options_;
  std::unique_ptr<LogStore> store_;
  std::vector<KeyedRecord> all_;  // by offset
  std::map<std::string, Offset> last_of_key_;
};

RC_GTEST_PROP(CompactionModel, WhatIsLeftTellsTheSameStory, ()) {
  CompactedLog log;
  const int steps = *rc::gen::inRange(1, 120);
  for (int i = 0; i < steps; ++i) {
    log.Step();
    if (i % 10 == 9) log.Check();
  }
  log.Check();
}

}  // namespace
}  // namespace strata::storage
