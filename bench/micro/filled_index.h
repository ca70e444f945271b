// An offset index on disk that is much larger than the cache of its database, and what is in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>

#include "storage/index/offset_index.h"
#include "storage/io/unique_fd.h"
#include "storage/rocks/rocks_db.h"

namespace strata::bench {

// Of all logs together: 64 GiB of them have as many.
inline constexpr std::int64_t kIndexEntries = 1 << 20;

// Entry number `number` of a log, in segments of 256 MiB of records of 100 B, one a millisecond.
inline storage::IndexEntry EntryOfLog(std::int64_t number) {
  constexpr std::int64_t kIntervalsPerSegment = 4096;
  constexpr Offset kRecordsPerInterval = 600;
  constexpr TimestampMs kFirstTimestampMs = 1'700'000'000'000;
  // The first batch of a segment has no entry.
  const std::int64_t segment = number / (kIntervalsPerSegment - 1);
  const std::int64_t interval = number % (kIntervalsPerSegment - 1) + 1;
  storage::IndexEntry entry;
  entry.segment_base = segment * kIntervalsPerSegment * kRecordsPerInterval;
  entry.offset = entry.segment_base + interval * kRecordsPerInterval;
  entry.position = interval * storage::kIndexIntervalBytes;
  entry.max_timestamp_ms = kFirstTimestampMs + entry.offset;
  return entry;
}

// Lies below $TMPDIR. Nobody has it open between the calls, and nothing changes it once it is
// filled: the same database for every look-up.
class FilledIndex {
 public:
  // Logs that grew side by side; they share the entries.
  explicit FilledIndex(std::int32_t logs)
      : directory_(std::filesystem::temp_directory_path() /
                   ("strata-index-bench-" + std::to_string(logs))) {
    std::filesystem::remove_all(directory_);
    Fill(logs);
  }
  ~FilledIndex() { std::filesystem::remove_all(directory_); }

  FilledIndex(const FilledIndex&) = delete;
  FilledIndex& operator=(const FilledIndex&) = delete;

  // For looking only.
  std::unique_ptr<storage::RocksDb> Open() const {
    storage::RocksDbOptions options = Options();
    options.read_only = true;
    return storage::RocksDb::Open(options).value();
  }

  // Takes it out of the page cache of the operating system.
  void DropFromPageCache() const {
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
      const storage::UniqueFd descriptor(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
      if (!descriptor.valid()) continue;
      (void)::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_DONTNEED);
    }
  }

 private:
  static constexpr std::int64_t kParts = 8;
  static constexpr std::int64_t kEntriesPerUpdate = 64;

  storage::RocksDbOptions Options() const {
    storage::RocksDbOptions options;
    options.directory = directory_.string();
    options.kind = storage::RocksDbOptions::Kind::kIndex;
    options.families = {storage::kOffsetIndexFamily};
    return options;
  }

  // Waits again and again for RocksDB to sort what it has, so that it is left in much the same
  // shape each time.
  void Fill(std::int32_t logs) const {
    storage::RocksDbOptions options = Options();
    options.create = true;
    const auto database = storage::RocksDb::Open(options).value();
    storage::OffsetIndex index(*database);
    for (std::int64_t part = 0; part < kParts; ++part) {
      Put(index, logs, part * (kIndexEntries / kParts), (part + 1) * (kIndexEntries / kParts));
      if (!database->Sync()) std::abort();
      WaitUntilQuiet();
    }
  }

  static void Put(storage::OffsetIndex& index, std::int32_t logs, std::int64_t begin,
                  std::int64_t end) {
    storage::IndexUpdate update;
    for (std::int64_t i = begin; i < end; ++i) {
      const storage::PartitionId log{1, static_cast<std::int32_t>(i % logs)};
      update.entries.push_back({log, EntryOfLog(i / logs)});
      if (update.entries.size() < kEntriesPerUpdate && i + 1 < end) continue;
      index.Put(update);
      update = {};
    }
  }

  void WaitUntilQuiet() const {
    std::map<std::string, std::uintmax_t> before;
    for (auto now = FileSizes(); now != before; now = FileSizes()) {
      before = now;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  }

  std::map<std::string, std::uintmax_t> FileSizes() const {
    std::map<std::string, std::uintmax_t> sizes;
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
      std::error_code gone;
      sizes[file.path().filename().string()] = file.file_size(gone);
    }
    return sizes;
  }

  const std::filesystem::path directory_;
};

// Filled when it is asked for first, and removed when the process ends.
inline const FilledIndex& IndexOver(std::int32_t logs) {
  static std::map<std::int32_t, FilledIndex> filled;
  return filled.try_emplace(logs, logs).first->second;
}

}  // namespace strata::bench
