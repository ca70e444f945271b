// What clients have asked of a store or a broker and what they were told, in the order in which it
// happened: one event for each invocation and each return. The checker judges it afterwards.
//
// It knows neither storage nor broker: partitions, groups and keys are names, records are the
// numbers of their payloads. So a LocalStore in this process and a real `stratad` that is killed
// leave the same kind of history.
//
// What to record: AppendInvoked before the call and AppendReturned after it, with the same `call`;
// the same for commits and puts. A call whose answer never came needs no return: it is unknown.
// Whatever is read, while it runs; and after each restart, before anything new is sent, one
// CompleteRead for each partition, one CursorRead for each cursor and one Got for each key that was
// ever written.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proto/base/mutex.h"
#include "proto/base/types.h"

namespace strata::testing {

using CallId = std::uint64_t;
// Names one payload that was sent, for ever; see payload.h.
using PayloadId = std::uint64_t;
// Stands for bytes that nobody has sent.
inline constexpr PayloadId kForeignPayload = 0;

enum class Outcome {
  kOk,
  kFailed,   // certainly without effect
  kUnknown,  // with effect or without
};

// Who sent a batch, so that a retry of it must not be stored again.
struct ProducerStamp {
  std::uint64_t producer = 0;
  std::int32_t epoch = 0;
  std::int32_t sequence = 0;  // of the first record
};

struct AppendInvoked {
  CallId call = 0;
  std::string partition;
  std::vector<PayloadId> payloads;  // one for each record, in order
  std::optional<ProducerStamp> stamp = {};
};

struct AppendReturned {
  CallId call = 0;
  Outcome outcome = Outcome::kUnknown;
  Offset base_offset = kNoOffset;  // if kOk
  bool durable = true;             // kOk was for the disk, not only for the running process
  // It failed because the disk has failed under the partition, which must not take anything
  // more now until the store has been opened anew.
  bool stopped = false;
  // It failed because its stamp does not follow what is known of the producer.
  bool out_of_order = false;
};

// Batches of this producer with a lower epoch are refused everywhere from now on.
struct Fenced {
  std::uint64_t producer = 0;
  std::int32_t epoch = 0;
};

struct SeenRecord {
  Offset offset = 0;
  PayloadId payload = kForeignPayload;
};

// Part of a partition, as somebody has read it.
struct ReadReturned {
  std::string partition;
  std::vector<SeenRecord> records;
  // From this offset on it was shown before it was on disk, as the topic had asked for.
  std::optional<Offset> unstable_from = {};
  // Where the reader had asked to begin, if that is known.
  std::optional<Offset> from = {};
  // Where it is to read on, if not behind the last record.
  std::optional<Offset> next = {};
};

// Nothing could be read from `from` on, though it lay within the log all the time.
struct ReadFailed {
  std::string partition;
  Offset from = kNoOffset;
  std::string error;  // its name
  // Something was wrong with the disk, or the broker was not there.
  bool explained = false;
};

// Offsets from `begin` up to `end`.
struct OffsetRange {
  Offset begin = 0;
  Offset end = 0;
};

// All of a partition, as it is found after a restart or at the end.
struct CompleteRead {
  std::string partition;
  Offset log_start = 0;
  Offset log_end = 0;
  std::vector<SeenRecord> records;
  // What the store has said to be damaged, in order: it is missing, but not silently. If the end of
  // the log is missing, this goes beyond it.
  std::vector<OffsetRange> damage = {};
  // Where batches without records stand for what was not acked and is lost, in order and apart from
  // each other. Of a compacted partition these are nothing special.
  std::vector<OffsetRange> passed_over = {};
};

// Somebody asks for the log start to be moved up to here.
struct TrimInvoked {
  std::string partition;
  Offset log_start = 0;
};

// Somebody was told that the log starts here.
struct LogStartSeen {
  std::string partition;
  Offset log_start = 0;
};

// What may be taken away from a partition in the background, from its beginning on.
struct CleanupAllowed {
  std::string partition;
  // Of the records with the same key (payload.h) only the last is sure to stay...
  bool compaction = false;
  // ...and not even that one if it is a tombstone.
  bool tombstones_expire = false;
  // The oldest records, as long as so many are left; kNoOffset: none.
  Offset least_kept = kNoOffset;
};

// A cursor of a group is set.
struct CommitInvoked {
  CallId call = 0;
  std::string group;
  std::string partition;
  Offset offset = 0;
  // Only if that is no step back; otherwise nothing happens, which is a success as well.
  bool forward_only = false;
};
struct CommitReturned {
  CallId call = 0;
  Outcome outcome = Outcome::kUnknown;
  bool stopped = false;  // as in AppendReturned, for all groups
};
// Of a group that only goes forward: a member is given this offset first, and then what follows.
struct Resumed {
  std::string group;
  std::string partition;
  Offset offset = 0;
};
struct CursorRead {
  std::string group;
  std::string partition;
  std::optional<Offset> offset;  // none: there is no such cursor
};

// A small fact is set: metadata.
struct PutInvoked {
  CallId call = 0;
  std::string key;
  std::string value;
};
struct PutReturned {
  CallId call = 0;
  Outcome outcome = Outcome::kUnknown;
};
struct Got {
  std::string key;
  std::optional<std::string> value;  // none: there is no such key
};

// The store was closed or has died, and was opened anew.
struct Restarted {
  // What was not on disk may be gone: the power was lost, or the disk has failed. Otherwise the
  // process was killed, and the system was up and well all the time.
  bool unflushed_lost = false;
  // Calls that were under way may still return and take effect: their clients try again.
  bool calls_go_on = false;
};

// A write or a flush of this partition's files has failed: it must not take anything more now until
// it has been opened anew. Without a partition: of what keeps cursors and metadata.
struct DiskFailed {
  std::optional<std::string> partition;
};

// The partition was opened anew after the disk had failed under it, while the store went on. What
// was not on disk may be gone.
struct Reopened {
  std::string partition;
};

// Nothing is wrong with the disk any more: appends to the partition must succeed soon.
struct Healed {
  std::string partition;
};

using EventBody =
    std::variant<AppendInvoked, AppendReturned, Fenced, ReadReturned, ReadFailed, CompleteRead,
                 TrimInvoked, LogStartSeen, CleanupAllowed, CommitInvoked, CommitReturned, Resumed,
                 CursorRead, PutInvoked, PutReturned, Got, Restarted, DiskFailed, Reopened, Healed>;

struct Event {
  EventBody body;
  std::chrono::milliseconds time{0};  // since the history began
};

// Records from any thread.
class History {
 public:
  // `also` is told of each event, in order.
  using Listener = std::function<void(const EventBody& event)>;
  // Its own calls are numbered from `first_call` on: above those that are added to it from
  // elsewhere.
  explicit History(Listener also = nullptr, CallId first_call = 1)
      : also_(std::move(also)), last_call_(first_call - 1) {}

  CallId NextCall() STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return ++last_call_;
  }

  void Add(EventBody body) STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (also_) also_(body);
    const auto since = std::chrono::steady_clock::now() - began_;
    events_.push_back(
        {std::move(body), std::chrono::duration_cast<std::chrono::milliseconds>(since)});
  }

  std::vector<Event> events() const STRATA_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return events_;
  }

 private:
  const Listener also_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  mutable Mutex mutex_;
  CallId last_call_ STRATA_GUARDED_BY(mutex_);
  std::vector<Event> events_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::testing
