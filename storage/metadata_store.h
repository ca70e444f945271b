// Few, small, precious facts: topics, configuration, ownership. A versioned key-value store with
// conditional transactions, as etcd offers it; the local one is RocksDB with a synced log.
//
// Keys and values are bytes. Keys are ordered bytewise. Every change has a revision, which grows by
// one for each committed transaction that writes, and never goes back; a key's version is the
// revision that wrote it last.
//
// Threads: every method may be called from any thread; all but Watch may wait for the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"

namespace strata::storage {

struct VersionedValue {
  std::string key;
  std::string value;
  std::int64_t version = 0;  // > 0
};

struct MetadataTransaction {
  struct Compare {
    std::string key;
    std::int64_t version = 0;  // the version that the key must have; 0: it must be absent
  };
  struct Write {
    std::string key;
    std::optional<std::string> value;  // absent: delete
  };
  std::vector<Compare> compares;
  std::vector<Write> writes;  // each key at most once
};

struct MetadataChange {
  std::string key;
  std::optional<std::string> value;  // absent: deleted
  std::int64_t version = 0;          // the revision of the change
};

class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // Nothing if there is no such key. CORRUPT_LOG (what is stored is damaged; the message names the
  // key), IO_ERROR.
  virtual Result<std::optional<VersionedValue>> Get(std::string_view key) = 0;

  // All keys with the prefix, in order, as of one moment. CORRUPT_LOG, IO_ERROR.
  virtual Result<std::vector<VersionedValue>> Range(std::string_view prefix) = 0;

  // Applies all writes if all compares hold, atomically, and returns the revision once they are
  // durable. Without writes it only compares, and returns the revision that the store is at.
  // CONFLICT: a compare failed and nothing was written; the message names the key.
  // INVALID_ARGUMENT: a key written twice, or an empty key. CORRUPT_LOG: nothing was written.
  // IO_ERROR, DISK_FULL: nothing was written as far as anybody sees, though it may be found after a
  // crash; nothing more is written until the store has been mended.
  virtual Result<std::int64_t> Commit(const MetadataTransaction& transaction) = 0;

  // Calls `changed` for every change of a key with the prefix that is committed after this call, in
  // order, each once, on the thread that commits it, after it is durable. Deleting what is not
  // there is no change. Returns a ticket, never 0. `changed` must be short and must not call
  // Commit, Watch or Unwatch.
  virtual std::uint64_t Watch(std::string prefix,
                              std::function<void(const MetadataChange&)> changed) = 0;

  // After this returns, `changed` is not called any more; waits for a call under way.
  virtual void Unwatch(std::uint64_t ticket) = 0;
};

}  // namespace strata::storage
