#include "tests/fault/store/workload.h"

#include <algorithm>
#include <future>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "proto/batch/record_batch.h"
#include "storage/log/local_log_store_impl.h"
#include "tests/fault/history/partition_check.h"
#include "tests/fault/history/payload.h"
#include "tests/fault/store/numbered_producer.h"
#include "tests/fault/store/work_calls.h"
#include "tests/support/disk/simulated_file.h"

namespace strata::testing {

namespace {

constexpr int kMostClients = 8;
constexpr int kKeysOfClient = 3;

std::string GroupOf(int client) {
  return "group-" + std::to_string(client);
}

std::string KeyOf(int client, std::uint64_t number) {
  return "key-" + std::to_string(client) + "-" + std::to_string(number);
}

// Where one may read on if `error` is a report of damage that the status of the log has too;
// otherwise the error.
Result<Offset> EndOfDamage(storage::LogStore& logs, storage::PartitionId partition, Offset offset,
                           const Error& error) {
  STRATA_TRY_ASSIGN(const storage::LogStatus status, logs.Status(partition));
  for (const storage::DamagedOffsets& range : status.damage) {
    const bool covers = range.begin <= offset && offset < range.end;
    if (covers && error.code == ErrorCode::CORRUPT_LOG) return range.end;
  }
  return Fail(error);
}

// What was read from `from` on; a record that nobody sent, if these are not whole batches.
FoundBatches FoundIn(const storage::ReadResult& read, const WorkPartition& partition, Offset from) {
  return BatchesOf(read, partition, from).value_or(FoundBatches{{{from, kForeignPayload}}, {}});
}

// Neighbours become one.
void Add(const OffsetRange& range, std::vector<OffsetRange>* ranges) {
  if (!ranges->empty() && ranges->back().end == range.begin) {
    ranges->back().end = range.end;
  } else {
    ranges->push_back(range);
  }
}

CleanupAllowed AllowedCleanup(const WorkPartition& partition) {
  const storage::CleanupOptions& options = partition.options.cleanup;
  CleanupAllowed allowed{.partition = partition.name, .compaction = options.compact};
  allowed.tombstones_expire = options.tombstone_age.count() == 0;
  if (options.retention_bytes) allowed.least_kept = *options.retention_bytes / kMostRecordBytes;
  return allowed;
}

}  // namespace

std::vector<WorkPartition> WorkPartitions() {
  storage::LogOptions durable;
  durable.segment_bytes = 4'000;
  // Of many pages, so that what is appended does not write again what came before.
  storage::LogOptions long_segments = durable;
  long_segments.segment_bytes = 40'000;
  storage::LogOptions relaxed = durable;
  relaxed.durability = Durability::kOs;
  relaxed.flush_interval = std::chrono::milliseconds(3);
  storage::LogOptions compacted = durable;
  compacted.segment_bytes = 1'500;
  compacted.cleanup.compact = true;
  compacted.cleanup.dirty_ratio = 0;
  storage::LogOptions forgetful = compacted;
  forgetful.cleanup.tombstone_age = std::chrono::milliseconds(0);
  // Many small segments that become one.
  forgetful.segment_bytes = 4'000;
  forgetful.segment_age = std::chrono::milliseconds(1);
  storage::LogOptions bounded = durable;
  bounded.segment_bytes = 1'500;
  bounded.cleanup.retention_bytes = 3'000;
  return {{"1/0", {1, 0}, durable},       {"1/1", {1, 1}, long_segments}, {"2/0", {2, 0}, durable},
          {"2/1", {2, 1}, long_segments}, {"2/2", {2, 2}, durable},       {"3/0", {3, 0}, relaxed},
          {"4/0", {4, 0}, compacted},     {"4/1", {4, 1}, forgetful},     {"4/2", {4, 2}, bounded}};
}

bool IsCleaned(const WorkPartition& partition) {
  return partition.options.cleanup.compact || partition.options.cleanup.retention_bytes.has_value();
}

class Workload::Client {
 public:
  Client(Workload& workload, storage::LocalStore& store, const WorkOptions& options, int number,
         std::uint64_t seed)
      : workload_(workload),
        history_(workload.history_),
        store_(store),
        options_(options),
        number_(number),
        dice_(seed) {
    if (options.only_cleaned) std::erase_if(partitions_, std::not_fn(IsCleaned));
  }

  void Run() {
    for (int i = 0; i < options_.steps; ++i) {
      const std::uint64_t what = Roll(dice_, options_.only_appends ? 25 : 100);
      if (what < 25) {
        Append();
      } else if (what < 50) {
        Produce();
      } else if (what < 55) {
        AppendEverywhere();
      } else if (what < 70) {
        Read();
      } else if (what < 82) {
        Commit();
      } else if (what < 90) {
        Put();
      } else if (what < 95) {
        workload_.Clean(store_);
      } else if (what < 98) {
        Trim();
      } else {
        MakeAndRemove();
      }
    }
    WaitForAppends();
  }

 private:
  const WorkPartition& AnyPartition() { return partitions_[Roll(dice_, partitions_.size())]; }

  std::vector<PayloadId> NewPayloads(std::size_t count) {
    std::vector<PayloadId> payloads(count);
    for (PayloadId& payload : payloads) payload = ++workload_.last_payload_;
    return payloads;
  }

  void Append() {
    const WorkPartition& partition = AnyPartition();
    WorkAppend append{NewPayloads(1 + Roll(dice_, 4))};
    // Sometimes less is asked for than the topic offers.
    const bool relaxed = partition.options.durability != Durability::kFsync || Roll(dice_, 8) == 0;
    if (relaxed) append.durability = Durability::kOs;
    under_way_.push_back(AppendAndTell(store_.logs(), history_, partition, append));
    if (Roll(dice_, 3) != 0) WaitForAppends();
  }

  // So many partitions are flushed together.
  void AppendEverywhere() {
    for (const WorkPartition& partition : partitions_) {
      under_way_.push_back(AppendAndTell(store_.logs(), history_, partition, {NewPayloads(1)}));
    }
    WaitForAppends();
  }

  void Produce() {
    const WorkPartition& partition = AnyPartition();
    // What was acked and is lost with the power would be a gap.
    if (partition.options.durability != Durability::kFsync) return;
    workload_.producers_[static_cast<std::size_t>(number_)]->Work(store_.logs(), partition, dice_);
  }

  void WaitForAppends() {
    for (Answer& append : under_way_) (void)WaitFor(append);
    under_way_.clear();
  }

  void Read() {
    const WorkPartition& partition = AnyPartition();
    const auto ends = store_.logs().Ends(partition.id);
    if (!ends) {
      NoteFailedRead(partition, kNoOffset, ends.error());
      return;
    }
    if (ends->visible <= ends->log_start) return;
    const Offset from =
        ends->log_start + static_cast<Offset>(Roll(
                              dice_, static_cast<std::uint64_t>(ends->visible - ends->log_start)));
    const auto read = store_.logs().Read(partition.id, from, {2'000});
    if (!read) {
      NoteFailedRead(partition, from, read.error());
      return;
    }
    ReadReturned seen{.partition = partition.name, .from = from, .next = read->next_offset};
    // What is not on disk at the time of the reading is not sure to stay; others do not show it.
    if (partition.options.durability != Durability::kFsync) seen.unstable_from = ends->stable;
    seen.records = FoundIn(*read, partition, from).records;
    history_.Add(std::move(seen));
  }

  void NoteFailedRead(const WorkPartition& partition, Offset from, const Error& error) {
    if (error.code == ErrorCode::OFFSET_OUT_OF_RANGE) {
      const auto ends = store_.logs().Ends(partition.id);
      // It has been trimmed meanwhile.
      if (ends && from < ends->log_start) return;
    }
    history_.Add(ReadFailed{partition.name, from, std::string(ErrorName(error.code)),
                            workload_.disk_failed_()});
  }

  void Commit() {
    const WorkPartition& partition = AnyPartition();
    const auto ends = store_.logs().Ends(partition.id);
    if (!ends) return;
    // Of what is on disk: what is shown before may go.
    const Offset offset =
        static_cast<Offset>(Roll(dice_, static_cast<std::uint64_t>(ends->stable) + 1));
    storage::CursorWrite write{GroupOf(number_), partition.id, storage::Cursor{}};
    write.cursor->current = write.cursor->committed = offset;
    const CallId call = history_.NextCall();
    history_.Add(CommitInvoked{call, write.group, partition.name, offset});
    std::promise<void> done;
    store_.cursors().Write({std::move(write)}, /*durable=*/true, [&](const Result<void>& result) {
      history_.Add(result ? CommitReturned{call, Outcome::kOk}
                          : CommitReturned{call, Outcome::kUnknown, /*stopped=*/true});
      done.set_value();
    });
    done.get_future().wait();
  }

  void Put() {
    const std::string key = KeyOf(number_, Roll(dice_, kKeysOfClient));
    const CallId call = history_.NextCall();
    const std::string value = "value-" + std::to_string(call);
    storage::MetadataTransaction transaction;
    transaction.writes = {{key, value}};
    history_.Add(PutInvoked{call, key, value});
    const bool done = store_.metadata().Commit(transaction).has_value();
    history_.Add(PutReturned{call, done ? Outcome::kOk : Outcome::kUnknown});
  }

  void Trim() {
    const WorkPartition& partition = AnyPartition();
    const auto ends = store_.logs().Ends(partition.id);
    if (!ends || ends->stable - ends->log_start < 20) return;
    const Offset to = ends->log_start + static_cast<Offset>(Roll(dice_, 15));
    history_.Add(TrimInvoked{partition.name, to});
    const auto log_start = store_.logs().Trim(partition.id, to);
    if (log_start) history_.Add(LogStartSeen{partition.name, *log_start});
  }

  void MakeAndRemove() {
    const std::uint64_t topic = 1000 + history_.NextCall();
    const WorkPartition partition{std::to_string(topic) + "/0", {topic, 0}, partitions_[0].options};
    workload_.Note(partition.id, Passing::kMaybeThere);
    if (!store_.logs().Open(partition.id, partition.options)) return;
    for (int i = 0; i < 2; ++i) {
      Answer answer = AppendAndTell(store_.logs(), history_, partition, {NewPayloads(8)});
      (void)WaitFor(answer);
    }
    if (store_.logs().Remove({partition.id})) workload_.Note(partition.id, Passing::kRemoved);
  }

  Workload& workload_;
  History& history_;
  storage::LocalStore& store_;
  const WorkOptions options_;
  const int number_;
  Dice dice_;
  std::vector<WorkPartition> partitions_ = WorkPartitions();
  std::vector<Answer> under_way_;
};

Workload::Workload(History& history, PayloadId first_payload, std::function<bool()> disk_failed)
    : history_(history), disk_failed_(std::move(disk_failed)), last_payload_(first_payload - 1) {
  for (const WorkPartition& partition : WorkPartitions()) {
    if (IsCleaned(partition)) history_.Add(AllowedCleanup(partition));
  }
  for (std::uint64_t client = 0; client < kMostClients; ++client) {
    producers_.push_back(std::make_unique<NumberedProducer>(client, history_, last_payload_));
  }
}

Workload::~Workload() = default;

void Workload::Note(storage::PartitionId partition, Passing passing) {
  MutexLock lock(mutex_);
  passing_[partition] = passing;
}

Result<void> Workload::OpenPartitions(storage::LocalStore& store) {
  for (const auto& producer : producers_) producer->Fence(store.logs());
  for (const WorkPartition& partition : WorkPartitions()) {
    STRATA_TRY(store.logs().Open(partition.id, partition.options));
  }
  MutexLock lock(mutex_);
  while (!passing_.empty()) {
    const auto& [partition, passing] = *passing_.begin();
    if (passing == Passing::kMaybeThere) STRATA_TRY(store.logs().Remove({partition}));
    STRATA_TRY(CheckGone(store.logs(), partition));
    passing_.erase(passing_.begin());
  }
  return Ok();
}

Result<void> Workload::CheckGone(storage::LogStore& logs, storage::PartitionId partition) {
  STRATA_TRY(logs.Open(partition, {}));
  STRATA_TRY_ASSIGN(const storage::LogStatus status, logs.Status(partition));
  STRATA_TRY(status.health);
  if (status.ends.log_end != 0) {
    return Fail(ErrorCode::INTERNAL, "something of a removed partition has come back");
  }
  return logs.Remove({partition});
}

void Workload::Run(storage::LocalStore& store, const WorkOptions& options, std::uint64_t seed) {
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::thread> threads;
  for (int i = 0; i < options.clients; ++i) {
    clients.push_back(std::make_unique<Client>(*this, store, options, i,
                                               seed * kMostClients + static_cast<unsigned>(i)));
    threads.emplace_back([&client = *clients.back()] { client.Run(); });
  }
  for (std::thread& thread : threads) thread.join();
}

void Workload::Clean(storage::LocalStore& store) {
  static_cast<storage::LocalLogStore&>(store.logs()).CleanAll();
  for (const WorkPartition& partition : WorkPartitions()) {
    if (!partition.options.cleanup.retention_bytes) continue;
    const auto ends = store.logs().Ends(partition.id);
    if (ends) history_.Add(LogStartSeen{partition.name, ends->log_start});
  }
}

Result<void> Workload::ReadPartition(storage::LogStore& logs, const WorkPartition& partition) {
  STRATA_TRY_ASSIGN(const storage::LogStatus status, logs.Status(partition.id));
  CompleteRead complete{partition.name, status.ends.log_start, status.ends.visible, {}};
  for (Offset next = status.ends.log_start; next < status.ends.visible;) {
    const auto read = logs.Read(partition.id, next, {100'000});
    if (read) {
      if (read->next_offset <= next) {
        return Fail(ErrorCode::INTERNAL, partition.name + ": nothing comes at offset " +
                                             std::to_string(next) + ", within the log");
      }
      const FoundBatches found = FoundIn(*read, partition, next);
      complete.records.insert(complete.records.end(), found.records.begin(), found.records.end());
      if (!partition.options.cleanup.compact) {
        for (const OffsetRange& range : found.without_records) Add(range, &complete.passed_over);
      }
      next = read->next_offset;
    } else {
      STRATA_TRY_ASSIGN(next, EndOfDamage(logs, partition.id, next, read.error()));
    }
  }
  STRATA_TRY_ASSIGN(const storage::LogStatus found, logs.Status(partition.id));
  for (const auto& range : found.damage) complete.damage.push_back({range.begin, range.end});
  if (!found.health && found.health.error().code == ErrorCode::CORRUPT_LOG) {
    complete.damage.push_back({found.ends.visible, std::numeric_limits<Offset>::max()});
  }
  history_.Add(std::move(complete));
  return Ok();
}

Result<void> Workload::ReadCursors(storage::CursorStore& cursors, int client) {
  const std::string group = GroupOf(client);
  STRATA_TRY_ASSIGN(const auto loaded, cursors.Load(group));
  for (const WorkPartition& partition : WorkPartitions()) {
    std::optional<Offset> offset;
    if (loaded) {
      for (const storage::CursorEntry& entry : *loaded) {
        if (entry.partition == partition.id) offset = entry.cursor.committed;
      }
    }
    history_.Add(CursorRead{group, partition.name, offset});
  }
  return Ok();
}

Result<void> Workload::ReadKey(storage::MetadataStore& metadata, const std::string& key) {
  STRATA_TRY_ASSIGN(const auto got, metadata.Get(key));
  history_.Add(Got{key, got ? std::optional(got->value) : std::nullopt});
  return Ok();
}

template <class OnError>
void Workload::ReadAllParts(storage::LocalStore& store, const OnError& on_error) {
  const auto check = [&](const Result<void>& result) {
    if (!result) on_error(result.error());
  };
  for (const WorkPartition& partition : WorkPartitions()) {
    check(ReadPartition(store.logs(), partition));
  }
  for (int client = 0; client < kMostClients; ++client) {
    check(ReadCursors(store.cursors(), client));
    for (int number = 0; number < kKeysOfClient; ++number) {
      check(ReadKey(store.metadata(), KeyOf(client, static_cast<std::uint64_t>(number))));
    }
  }
}

Result<void> Workload::ReadEverything(storage::LocalStore& store) {
  Result<void> outcome;
  ReadAllParts(store, [&](const Error& error) { outcome = Fail(error); });
  return outcome;
}

int Workload::ReadWhatIsIntact(storage::LocalStore& store) {
  int reports = 0;
  ReadAllParts(store, [&](const Error&) { ++reports; });
  return reports + (Health(store) ? 0 : 1);
}

Result<void> Workload::ProveProgress(storage::LocalStore& store) {
  for (const WorkPartition& partition : WorkPartitions()) {
    history_.Add(Healed{partition.name});
    Answer answer = AppendAndTell(store.logs(), history_, partition, {{++last_payload_}});
    if (answer.wait_for(kTimeToHeal) != std::future_status::ready) {
      return Fail(ErrorCode::TIMEOUT, "an append to " + partition.name + " has no answer");
    }
    STRATA_TRY(answer.get());
  }
  return Ok();
}

Result<void> Workload::OpenAnew(storage::LocalStore& store) {
  storage::MetadataTransaction probe;
  probe.writes = {{"probe", ""}};
  const bool truth_works = store.metadata().Commit(probe).has_value();
  for (const WorkPartition& partition : WorkPartitions()) {
    STRATA_TRY_ASSIGN(const storage::LogStatus before, store.logs().Status(partition.id));
    if (before.health) continue;
    Result<void> opened = store.logs().Open(partition.id, partition.options);
    // The system may have a loss to tell still, and tells it once.
    if (!opened) opened = store.logs().Open(partition.id, partition.options);
    if (opened) {
      history_.Add(Reopened{partition.name});
      STRATA_TRY(ReadPartition(store.logs(), partition));
      STRATA_TRY(HealthOf(store.logs(), partition));
    } else if (truth_works) {
      return opened;
    }
  }
  return Ok();
}

Result<void> Workload::HealthOf(storage::LogStore& logs, const WorkPartition& partition) {
  STRATA_TRY_ASSIGN(const storage::LogStatus status, logs.Status(partition.id));
  STRATA_TRY(status.health);
  if (status.damage.empty()) return Ok();
  return Fail(ErrorCode::CORRUPT_LOG, partition.name + ": " + status.damage.front().what);
}

Result<void> Workload::Health(storage::LocalStore& store) {
  for (const WorkPartition& partition : WorkPartitions()) {
    STRATA_TRY(HealthOf(store.logs(), partition));
  }
  return Ok();
}

}  // namespace strata::testing
