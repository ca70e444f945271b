#include "tests/fault/store/workload.h"

#include <algorithm>
#include <future>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "proto/batch/record_batch.h"
#include "tests/fault/history/payload.h"
#include "tests/support/disk/simulated_file.h"

namespace strata::testing {

namespace {

constexpr int kMostClients = 8;
constexpr int kKeysOfClient = 3;
constexpr std::size_t kMostPayloadBytes = 400;

std::string GroupOf(int client) {
  return "group-" + std::to_string(client);
}

std::string KeyOf(int client, std::uint64_t number) {
  return "key-" + std::to_string(client) + "-" + std::to_string(number);
}

std::string BatchOf(const std::vector<PayloadId>& payloads) {
  RecordBatchBuilder builder;
  for (const PayloadId payload : payloads) {
    const std::string bytes = PayloadOf(payload, kMostPayloadBytes);
    RecordView record;
    record.value = bytes;
    record.timestamp_ms = 1000 + static_cast<TimestampMs>(payload);
    builder.Add(record);
  }
  return builder.Finish();
}

// The records of whole batches from `from` on.
Result<std::vector<SeenRecord>> RecordsOf(const storage::ReadResult& read, Offset from) {
  std::string bytes;
  for (const SharedBytes& fragment : read.fragments) bytes.append(fragment.view());
  std::vector<SeenRecord> records;
  for (std::string_view rest = bytes; !rest.empty();) {
    STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(rest));
    const std::string_view batch = rest.substr(0, header.total_bytes());
    if (!BatchCrcMatches(batch)) return Fail(ErrorCode::CORRUPT_BATCH, "wrong CRC");
    STRATA_TRY_ASSIGN(RecordBatchReader reader, RecordBatchReader::Open(batch));
    RecordView record;
    while (reader.Next(&record)) {
      if (record.offset < from) continue;
      const PayloadId payload =
          record.value ? PayloadIn(*record.value, kMostPayloadBytes) : kForeignPayload;
      records.push_back({record.offset, payload});
    }
    STRATA_TRY(reader.status());
    rest.remove_prefix(batch.size());
  }
  return records;
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

// What a failed append says of its effect: see LogStore::Append.
AppendReturned Failure(CallId call, const Error& error) {
  const bool poisoned = error.code == ErrorCode::LOG_POISONED;
  const bool unknown = poisoned || error.code == ErrorCode::IO_ERROR;
  return {call, unknown ? Outcome::kUnknown : Outcome::kFailed, kNoOffset, true, poisoned};
}

}  // namespace

std::vector<WorkPartition> WorkPartitions() {
  storage::LogOptions durable;
  durable.segment_bytes = 4'000;
  storage::LogOptions relaxed = durable;
  relaxed.durability = Durability::kOs;
  relaxed.flush_interval = std::chrono::milliseconds(3);
  return {{"1/0", {1, 0}, durable},
          {"1/1", {1, 1}, durable},
          {"2/0", {2, 0}, durable},
          {"3/0", {3, 0}, relaxed}};
}

class Workload::Client {
 public:
  Client(Workload& workload, storage::LocalStore& store, int number, std::uint64_t seed)
      : workload_(workload),
        history_(workload.history_),
        store_(store),
        number_(number),
        dice_(seed) {}

  void Run(const WorkOptions& options) {
    for (int i = 0; i < options.steps; ++i) {
      const std::uint64_t what = Roll(dice_, 100);
      if (what < 55) {
        Append();
      } else if (what < 70) {
        Read();
      } else if (what < 85) {
        Commit();
      } else if (what < 95) {
        Put();
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

  void Append() {
    const WorkPartition& partition = AnyPartition();
    std::vector<PayloadId> payloads(1 + Roll(dice_, 4));
    for (PayloadId& payload : payloads) payload = ++workload_.last_payload_;
    std::string batch = BatchOf(payloads);
    const BatchHeader header = ParseBatchHeader(batch).value();
    // Sometimes less is asked for than the topic offers.
    const bool relaxed = partition.options.durability != Durability::kFsync || Roll(dice_, 8) == 0;
    const Durability durability = relaxed ? Durability::kOs : Durability::kFsync;
    const CallId call = history_.NextCall();
    history_.Add(AppendInvoked{call, partition.name, payloads});
    auto done = std::make_shared<std::promise<void>>();
    under_way_.push_back(done->get_future());
    store_.logs().Append(
        partition.id, header, SharedBytes::FromString(std::move(batch)), durability,
        [this, call, done](const Result<storage::AppendResult>& result) {
          history_.Add(result ? AppendReturned{call, Outcome::kOk, result->base_offset,
                                               result->durability == Durability::kFsync}
                              : Failure(call, result.error()));
          done->set_value();
        });
    if (Roll(dice_, 3) != 0) WaitForAppends();
  }

  void WaitForAppends() {
    for (auto& append : under_way_) append.wait();
    under_way_.clear();
  }

  void Read() {
    const WorkPartition& partition = AnyPartition();
    const auto ends = store_.logs().Ends(partition.id);
    if (!ends || ends->visible <= ends->log_start) return;
    const Offset from =
        ends->log_start + static_cast<Offset>(Roll(
                              dice_, static_cast<std::uint64_t>(ends->visible - ends->log_start)));
    const auto read = store_.logs().Read(partition.id, from, {2'000});
    if (!read) return;
    // What is not on disk at the time of the reading is not sure to stay.
    const Offset stable = ends->stable;
    if (auto records = RecordsOf(*read, from)) {
      history_.Add(ReadReturned{partition.name, *std::move(records), stable});
    } else {
      history_.Add(ReadReturned{partition.name, {{from, kForeignPayload}}});
    }
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
    (void)store_.logs().Trim(partition.id, to);
  }

  void MakeAndRemove() {
    const storage::PartitionId id{1000 + history_.NextCall(), 0};
    {
      MutexLock lock(workload_.mutex_);
      workload_.passing_.insert(id);
    }
    if (!store_.logs().Open(id, partitions_[0].options)) return;
    for (int i = 0; i < 2; ++i) {
      std::string batch = BatchOf(std::vector<PayloadId>(8, 1));
      const BatchHeader header = ParseBatchHeader(batch).value();
      std::promise<void> done;
      store_.logs().Append(id, header, SharedBytes::FromString(std::move(batch)),
                           Durability::kFsync, [&](const auto&) { done.set_value(); });
      done.get_future().wait();
    }
    if (!store_.logs().Remove({id})) return;
    MutexLock lock(workload_.mutex_);
    workload_.passing_.erase(id);
  }

  Workload& workload_;
  History& history_;
  storage::LocalStore& store_;
  const int number_;
  Dice dice_;
  const std::vector<WorkPartition> partitions_ = WorkPartitions();
  std::vector<std::future<void>> under_way_;
};

Result<void> Workload::OpenPartitions(storage::LocalStore& store) {
  for (const WorkPartition& partition : WorkPartitions()) {
    STRATA_TRY(store.logs().Open(partition.id, partition.options));
  }
  MutexLock lock(mutex_);
  while (!passing_.empty()) {
    STRATA_TRY(EndRemoval(store.logs(), *passing_.begin()));
    passing_.erase(passing_.begin());
  }
  return Ok();
}

Result<void> Workload::EndRemoval(storage::LogStore& logs, storage::PartitionId partition) {
  STRATA_TRY(logs.Remove({partition}));
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
    clients.push_back(
        std::make_unique<Client>(*this, store, i, seed * kMostClients + static_cast<unsigned>(i)));
    threads.emplace_back([&client = *clients.back(), &options] { client.Run(options); });
  }
  for (std::thread& thread : threads) thread.join();
}

Result<void> Workload::ReadPartition(storage::LogStore& logs, const WorkPartition& partition) {
  STRATA_TRY_ASSIGN(const storage::LogStatus status, logs.Status(partition.id));
  CompleteRead complete{partition.name, status.ends.log_start, status.ends.visible, {}, {}};
  for (Offset next = status.ends.log_start; next < status.ends.visible;) {
    const auto read = logs.Read(partition.id, next, {100'000});
    if (read) {
      STRATA_TRY_ASSIGN(const auto records, RecordsOf(*read, next));
      complete.records.insert(complete.records.end(), records.begin(), records.end());
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
    const PayloadId payload = ++last_payload_;
    std::string batch = BatchOf({payload});
    const BatchHeader header = ParseBatchHeader(batch).value();
    const CallId call = history_.NextCall();
    history_.Add(AppendInvoked{call, partition.name, {payload}});
    std::promise<Result<storage::AppendResult>> answer;
    store.logs().Append(
        partition.id, header, SharedBytes::FromString(std::move(batch)), Durability::kFsync,
        [&](Result<storage::AppendResult> result) { answer.set_value(std::move(result)); });
    const auto result = answer.get_future().get();
    if (!result) {
      history_.Add(Failure(call, result.error()));
      return Fail(result.error());
    }
    history_.Add(AppendReturned{call, Outcome::kOk, result->base_offset});
  }
  return Ok();
}

Result<void> Workload::Health(storage::LocalStore& store) {
  for (const WorkPartition& partition : WorkPartitions()) {
    STRATA_TRY_ASSIGN(const storage::LogStatus status, store.logs().Status(partition.id));
    STRATA_TRY(status.health);
    if (!status.damage.empty()) {
      return Fail(ErrorCode::CORRUPT_LOG, partition.name + ": " + status.damage.front().what);
    }
  }
  return Ok();
}

}  // namespace strata::testing
