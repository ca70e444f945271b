// Gives out ids and epochs to idempotent producers, and remembers those that have a name.
// README.md beside this file has keys, records, and what a crash leaves.
//
// Threads: Init may be called from any thread; it waits for the disk, and those of names take
// turns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "broker/producers/producer_record.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"
#include "storage/log_store.h"
#include "storage/metadata_store.h"

namespace strata::broker {

struct ProducerIdentity {
  std::int64_t id = 0;
  std::int16_t epoch = 0;
};

class ProducerRegistry {
 public:
  struct Limits {
    std::int64_t max_names = 10'000;
    // A name that nobody has asked for since may be forgotten for another one.
    std::int64_t expiry_ms = 7LL * 24 * 60 * 60 * 1000;
  };

  // Reads the names, and shuts out the instances of before. The stores must outlive the registry.
  // CORRUPT_LOG: a record is damaged. DATA_DIR_NEWER_FORMAT, IO_ERROR.
  static Result<std::unique_ptr<ProducerRegistry>> Open(storage::MetadataStore& metadata,
                                                        storage::LogStore& logs,
                                                        const Limits& limits);

  // A new id if `name` is empty. Otherwise the name's with the next epoch; when this returns, that
  // is durable, nothing of earlier instances will be appended any more, and what they have
  // appended is visible. INVALID_ARGUMENT (the name), OVERLOADED (too many names), CONFLICT,
  // DISK_FULL, IO_ERROR.
  Result<ProducerIdentity> Init(const std::string& name);

 private:
  struct Known {
    ProducerRecord record;
    std::int64_t version = 0;  // of the record in the metadata store
  };

  ProducerRegistry(storage::MetadataStore& metadata, storage::LogStore& logs, const Limits& limits)
      : metadata_(metadata), logs_(logs), limits_(limits) {}

  Result<void> Load() STRATA_REQUIRES(mutex_);
  Result<std::int64_t> NewId() STRATA_REQUIRES(mutex_);
  Result<ProducerRecord> NextInstance(const std::string& name) STRATA_REQUIRES(mutex_);
  // Makes room for a new name in `transaction`; the name that goes, if one must.
  Result<std::string> MakeRoom(storage::MetadataTransaction* transaction) STRATA_REQUIRES(mutex_);
  Result<void> Write(const ProducerRecord& record) STRATA_REQUIRES(mutex_);

  // Constant after construction.
  storage::MetadataStore& metadata_;
  storage::LogStore& logs_;
  const Limits limits_;

  // Held across the disk.
  Mutex mutex_;
  std::map<std::string, Known> names_ STRATA_GUARDED_BY(mutex_);
  // Ids that are set aside.
  std::int64_t next_id_ STRATA_GUARDED_BY(mutex_) = 0;
  std::int64_t ids_end_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::broker
