// Clients that do a bit of everything to a store, and tell a history of it.
//
// Each client is a thread with dice of its own. It appends to several partitions whose segments are
// small, with a producer of its own and without, reads, commits the cursors of its own group,
// trims, has the store clean its logs, puts metadata of its own, and makes and removes partitions.
// Errors are part of the game: the checker judges what was said.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/local_store.h"
#include "tests/fault/history/history.h"

namespace strata::testing {

class NumberedProducer;

// A partition of the workload, by the name that it has in the history.
struct WorkPartition {
  std::string name;
  storage::PartitionId id;
  storage::LogOptions options;
};

// Five that wait for the disk, and one that does not; and three that are cleaned: one is compacted,
// one too, and tombstones go as soon as they may, and of one only so many bytes are kept. So many
// that they are flushed together if all of them have something.
std::vector<WorkPartition> WorkPartitions();
bool IsCleaned(const WorkPartition& partition);

struct WorkOptions {
  int clients = 3;
  int steps = 25;  // of each client
  bool only_appends = false;
  bool only_cleaned = false;  // partitions
};

class Workload {
 public:
  // Its payloads are numbered from `first_payload` on. `disk_failed`, from any thread: whether
  // something is wrong with the disk since all was well, so that reads may fail.
  explicit Workload(
      History& history, PayloadId first_payload = 1,
      std::function<bool()> disk_failed = [] { return false; });
  ~Workload();

  // Opens every partition of a store that was just opened, and ends removals that were under way:
  // of what is removed nothing may come back.
  Result<void> OpenPartitions(storage::LocalStore& store);

  // Opens partitions anew that the disk has failed under, while the store goes on. An error: one of
  // them takes no appends though the truth is in order.
  Result<void> OpenAnew(storage::LocalStore& store);

  // Lets the clients loose, and returns when all are done and all their calls have returned.
  void Run(storage::LocalStore& store, const WorkOptions& options, std::uint64_t seed);

  // Has the store delete and compact what may be, on this thread.
  void Clean(storage::LocalStore& store);

  // Reads all that there is, while nothing else goes on: partitions, cursors, metadata. An error
  // is something that cannot be read though the store does not call it damaged.
  Result<void> ReadEverything(storage::LocalStore& store);

  // The same where something may be damaged: what cannot be read is noted as reported. Returns how
  // many such reports there were.
  int ReadWhatIsIntact(storage::LocalStore& store);

  // Appends to every partition; all must succeed.
  Result<void> ProveProgress(storage::LocalStore& store);

  // Whether all partitions are in good health, without damage.
  static Result<void> Health(storage::LocalStore& store);

 private:
  class Client;

  static Result<void> HealthOf(storage::LogStore& logs, const WorkPartition& partition);
  template <class OnError>
  void ReadAllParts(storage::LocalStore& store, const OnError& on_error);
  Result<void> ReadPartition(storage::LogStore& logs, const WorkPartition& partition);
  Result<void> ReadCursors(storage::CursorStore& cursors, int client);
  Result<void> ReadKey(storage::MetadataStore& metadata, const std::string& key);

  // A partition that was made to be removed.
  enum class Passing { kMaybeThere, kRemoved };
  void Note(storage::PartitionId partition, Passing passing) STRATA_EXCLUDES(mutex_);
  static Result<void> CheckGone(storage::LogStore& logs, storage::PartitionId partition);

  History& history_;
  const std::function<bool()> disk_failed_;
  std::atomic<PayloadId> last_payload_;
  std::vector<std::unique_ptr<NumberedProducer>> producers_;  // each used by one client

  Mutex mutex_;
  // Not yet known to be gone.
  std::map<storage::PartitionId, Passing> passing_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
