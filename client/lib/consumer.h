// Works as a member of a consumer group.
//
//   auto consumer = strata::Consumer::Open(connection, {.group = "billing", .topics = {"orders"}});
//   while (auto records = (*consumer)->Poll(std::chrono::seconds(1))) {
//     for (const auto& record : *records) Process(record);
//     // Behind the work: at least once; before it: at most once.
//     auto committed = (*consumer)->Commit();
//     if (!committed && !IsDeliveredAgain(committed.error())) return committed;
//   }
//
// The broker delivers in order within a partition, from the group's committed offset on. When the
// way to the broker breaks, all partitions are lost; Poll joins again after a back-off, and what
// was not committed is delivered again. So it is when the program has worked for too long without a
// word (ConsumerOptions::max_processing). That the broker cannot be reached is no error of Poll,
// which goes on trying: RebalanceListener::disconnected hears of it.
//
// Use a Consumer from one thread; Wakeup alone may be called from any. It has no thread of its own:
// gRPC's collect what the broker sends, as far as the credit goes, and every method that waits
// works on it. A member that is not polled still holds its partitions; once records have come, also
// ahead of Poll, only for max_processing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/position.h"
#include "proto/base/types.h"
#include "proto/batch/record.h"

namespace strata {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

// Told from within Poll and Close, on the caller's thread. Its functions may commit and say
// StillWorking, and nothing else. One that works for long keeps all partitions waiting.
struct RebalanceListener {
  std::function<void(const std::vector<TopicPartition>&)> assigned;
  // Still held: finish and Commit, then return; at most `finish_within`.
  std::function<void(const std::vector<TopicPartition>&, std::chrono::milliseconds finish_within)>
      revoked;
  // Gone already; commits for them would be refused. `why`: NOT_ASSIGNED, with the broker's reason,
  // if others get them; CORRUPT_LOG if their records cannot be delivered to anybody; and if all are
  // lost with the way to the broker, what has become of that.
  std::function<void(const std::vector<TopicPartition>&, const Error& why)> lost;
  // This member is not in the group, whether it held something or has never got in: UNAVAILABLE,
  // TIMEOUT, OVERLOADED, SHUTTING_DOWN, NO_PROGRESS and the like. Told of each attempt that fails;
  // Poll makes the next one within 2 seconds.
  std::function<void(const Error& why)> disconnected;
};

enum class AssignmentStrategy {
  kUniform,  // evenly, and a partition moves only if it must
  kRange,    // partitions with the same number, of topics with as many, go to the same member
};

struct ConsumerOptions {
  std::string group;
  std::vector<std::string> topics;
  // A regular expression (RE2): topics whose whole name it matches are read as well, also those
  // that appear later, from their beginning. Empty: none.
  std::string topic_pattern;
  // The same for all members of the group.
  AssignmentStrategy strategy = AssignmentStrategy::kUniform;
  // Makes this a static member: whoever joins under this name within `return_within` after it has
  // gone, in whatever way, holds what it held, and no other member notices. Empty: it is none.
  std::string instance_id;
  // Up to a day. 0: what the broker says (static.return.ms).
  std::chrono::milliseconds return_within{0};
  // How long the program may work on records without calling Poll, a Commit or StillWorking; then
  // they go to other members. Up to a day. 0: what the broker says (max.processing.ms), less a
  // second.
  std::chrono::milliseconds max_processing{0};
  // Where a group that is new begins.
  Position start = Position::Beginning();
  // How often Poll commits by itself, and without waiting, what the program has given back by
  // calling Poll again, or GiveBack; so do a revocation and Close. Up to a day. 0: the program
  // commits.
  std::chrono::milliseconds auto_commit_every{0};
  // Told from within Poll and Close, on the caller's thread, why a commit that Poll has made by
  // itself has failed. What is still held is committed with the next one. May do what a listener
  // may.
  std::function<void(const Error& why)> auto_commit_failed;
  // Records and bytes that may be under way to this member and not yet returned by Poll.
  std::int64_t credit_records = 100'000;
  std::int64_t credit_bytes = 16 << 20;
  RebalanceListener listener;
};

struct ConsumedRecord {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t generation = 0;  // of the assignment under which it came
  RecordView record;
};

// A place in a partition to commit.
struct OffsetCommit {
  TopicPartition partition;
  Offset offset = 0;            // the next one to process
  std::int64_t generation = 0;  // of the records that were processed
  std::string metadata;         // a note kept beside the cursor, at most 4 KiB

  // Behind a record: it, and all before it, have been processed.
  static OffsetCommit Behind(const ConsumedRecord& last, std::string metadata = "") {
    return {{std::string(last.topic), last.partition},
            last.record.offset + 1,
            last.generation,
            std::move(metadata)};
  }
};

// Whether a program whose commit has failed for this reason may simply go on with Poll. What was
// not committed is delivered again then, to whoever holds it: STALE_GENERATION, NOT_ASSIGNED and
// NO_PROGRESS (it was lost, or moved by a seek), UNAVAILABLE and SHUTTING_DOWN (the broker is gone,
// and nobody knows what was committed). Not TIMEOUT: the partitions are still held, so commit
// again.
bool IsDeliveredAgain(const Error& why_not_committed);

class Consumer {
 public:
  // Begins to join the group; errors of the broker come from Poll. INVALID_ARGUMENT: neither
  // topics nor a pattern, no credit, a time out of its bounds, or text that is not UTF-8.
  // INVALID_GROUP_NAME, INVALID_TOPIC_NAME: not UTF-8.
  static Result<std::unique_ptr<Consumer>> Open(std::shared_ptr<Connection> connection,
                                                ConsumerOptions options);
  // Leaves the group; commits nothing.
  virtual ~Consumer() = default;

  // The next records of any partitions held, or none if `wait` passed, Wakeup was called or the
  // assignment changed. The views are valid until the next call of Poll.
  // Errors that cannot be mended by joining again, such as UNKNOWN_TOPIC, INVALID_PATTERN or
  // INSTANCE_REPLACED (another program has joined under this instance id), and CORRUPT_BATCH if a
  // batch was damaged on its way: another Poll joins again.
  virtual Result<std::vector<ConsumedRecord>> Poll(std::chrono::milliseconds wait) = 0;

  // Commits behind everything that Poll has returned so far, of all partitions still held, and
  // waits until it is on disk. STALE_GENERATION, NOT_ASSIGNED: of partitions lost meanwhile; the
  // rest was committed. NO_PROGRESS: the program was too slow (max_processing) and has lost all of
  // them; nothing that this call has sent was committed, unless that was more than 10,000 offsets:
  // then the first of them may have been. What was sent before, by CommitAsync or by Poll itself,
  // may have been committed all the same. In these cases go on with Poll (IsDeliveredAgain).
  // INSTANCE_REPLACED: likewise, but another program goes on. UNAVAILABLE, SHUTTING_DOWN: what was
  // not answered before is unknown; go on with Poll (IsDeliveredAgain). TIMEOUT: unknown as well,
  // but still held; commit again. CANCELLED: it is closed. Any other error is said of something
  // that was not committed; after DISK_FULL and IO_ERROR a crash of the broker may still bring it
  // back.
  virtual Result<void> Commit() = 0;

  // Commits each partition up to its offset, and waits until that is on disk; errors as above. When
  // the partition was moved by a seek, or was assigned anew, after the records came, their
  // generation is an old one and the commit is refused: it cannot undo the seek. INVALID_ARGUMENT:
  // a note is too long; or is not UTF-8, and then nothing is committed.
  virtual Result<void> Commit(const std::vector<OffsetCommit>& offsets) = 0;
  Result<void> Commit(const ConsumedRecord& last, std::string metadata = "") {
    return Commit({OffsetCommit::Behind(last, std::move(metadata))});
  }

  // The same as Commit(), without waiting; `done` is called from within a later Poll or Close, or
  // at once if the consumer is closed.
  virtual void CommitAsync(std::function<void(Result<void>)> done) = 0;

  // Tells the broker that the program still works on what Poll has returned: its time
  // (max_processing) begins anew. Poll does so by itself. Cheap enough for each record: after a
  // sign nothing is sent for a second, or a sixteenth of max_processing if that is less, and the
  // broker waits for as much longer, up to a day in all.
  virtual void StillWorking() = 0;

  // Gives back a record that Poll has returned last, and those before it, as processed; the next
  // Poll does so with all of them. Where Poll commits by itself, Close commits this too. No effect
  // with records of another partition, or that have come before it was assigned anew.
  virtual void GiveBack(const ConsumedRecord& last) = 0;

  // Moves delivery of a partition that is held, and waits until that is done; what Poll has not
  // returned yet is dropped, and the committed offset stays: what was processed before is to be
  // committed before. OFFSET_OUT_OF_RANGE, ...; NOT_ASSIGNED, NO_PROGRESS: it is lost, as with
  // Commit.
  virtual Result<void> Seek(const TopicPartition& partition, const Position& to) = 0;

  virtual void Pause(const std::vector<TopicPartition>& partitions) = 0;
  virtual void Resume(const std::vector<TopicPartition>& partitions) = 0;

  virtual std::vector<TopicPartition> assignment() const = 0;

  // True if, for every partition held, Poll has returned all that was visible at the broker when
  // the partition was first assigned; so it is if the group has no partition for this member. False
  // until the broker has said what this member holds.
  virtual bool at_end() const = 0;

  // Makes a Poll that waits return at once.
  virtual void Wakeup() = 0;

  // Tells the listener that everything is revoked, so that it can commit once more, and leaves the
  // group in good order. Afterwards every method fails with CANCELLED. Idempotent.
  virtual void Close() = 0;
};

}  // namespace strata
