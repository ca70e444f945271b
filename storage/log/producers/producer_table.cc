#include "storage/log/producers/producer_table.h"

#include <algorithm>
#include <string>
#include <utility>

#include "proto/batch/producer_sequence.h"

namespace strata::storage {
namespace {

ProducerBatch BatchOf(const BatchHeader& header) {
  // Compaction may have taken records out; the sequences were given to all of them.
  return {header.base_sequence, AdvanceSequence(header.base_sequence, header.last_offset_delta),
          header.base_offset};
}

std::int32_t SequenceAfter(const std::vector<ProducerBatch>& batches) {
  return AdvanceSequence(batches.back().last_sequence, 1);
}

std::string Name(const BatchHeader& header) {
  return "producer " + std::to_string(header.producer_id);
}

Result<std::optional<Offset>> CheckFirst(const BatchHeader& header, const std::string& why) {
  if (header.base_sequence == 0) return std::nullopt;
  return Fail(ErrorCode::OUT_OF_ORDER_SEQUENCE,
              why + ", so its first batch must have sequence 0 and not " +
                  std::to_string(header.base_sequence));
}

}  // namespace

ProducerTable::ProducerTable(const ProducerSnapshot& snapshot, const ProducerLimits& limits,
                             TimePoint now)
    : limits_(limits) {
  for (const ProducerSnapshot::Producer& known : snapshot.producers) {
    Producer& producer = Use(known.id, now - std::min(known.idle, limits.expiry));
    producer.epoch = known.epoch;
    producer.batches = known.batches;
    batch_count_ += known.batches.size();
  }
}

Result<std::optional<Offset>> ProducerTable::Check(const BatchHeader& header) const {
  const auto found = by_id_.find(header.producer_id);
  if (found == by_id_.end()) {
    return CheckFirst(header, Name(header) + " is not, or no longer, known in this partition");
  }
  const Producer& producer = *found->second;
  if (header.producer_epoch < producer.epoch) {
    return Fail(ErrorCode::STALE_PRODUCER_EPOCH,
                Name(header) + " writes with epoch " + std::to_string(producer.epoch) +
                    " by now; this batch has epoch " + std::to_string(header.producer_epoch));
  }
  if (header.producer_epoch > producer.epoch) {
    return CheckFirst(header, Name(header) + " begins epoch " +
                                  std::to_string(header.producer_epoch) + " in this partition");
  }
  const ProducerBatch batch = BatchOf(header);
  const std::int32_t expected = SequenceAfter(producer.batches);
  if (batch.first_sequence == expected) return std::nullopt;
  const auto original = std::find_if(producer.batches.begin(), producer.batches.end(),
                                     [&](const ProducerBatch& known) {
                                       return known.first_sequence == batch.first_sequence &&
                                              known.last_sequence == batch.last_sequence;
                                     });
  if (original != producer.batches.end()) return original->base_offset;
  return Fail(ErrorCode::OUT_OF_ORDER_SEQUENCE,
              Name(header) + " has come to sequence " + std::to_string(expected) +
                  " in this partition; a batch from " + std::to_string(batch.first_sequence) +
                  " to " + std::to_string(batch.last_sequence) +
                  " neither follows nor repeats one that is remembered");
}

void ProducerTable::Add(const BatchHeader& header, TimePoint now) {
  Producer& producer = Use(header.producer_id, now);
  std::vector<ProducerBatch>& batches = producer.batches;
  const ProducerBatch batch = BatchOf(header);
  const bool follows = !batches.empty() && producer.epoch == header.producer_epoch &&
                       batch.first_sequence == SequenceAfter(batches);
  batch_count_ -= batches.size();
  if (!follows) {
    batches.clear();
  } else if (batches.size() == kRememberedBatches) {
    batches.erase(batches.begin());
  }
  producer.epoch = header.producer_epoch;
  batches.push_back(batch);
  batch_count_ += batches.size();
}

ProducerTable::Producer& ProducerTable::Use(std::int64_t id, TimePoint now) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) {
    by_use_.splice(by_use_.end(), by_use_, found->second);
  } else {
    ForgetExpired(now);
    if (by_use_.size() >= limits_.max_producers) Forget(by_use_.begin());
    by_use_.push_back({.id = id});
    by_id_.emplace(id, std::prev(by_use_.end()));
  }
  by_use_.back().last_use = now;
  return by_use_.back();
}

void ProducerTable::ForgetExpired(TimePoint now) {
  while (!by_use_.empty() && now - by_use_.front().last_use >= limits_.expiry) {
    Forget(by_use_.begin());
  }
}

void ProducerTable::Forget(ByUse::iterator producer) {
  batch_count_ -= producer->batches.size();
  by_id_.erase(producer->id);
  by_use_.erase(producer);
}

ProducerSnapshot ProducerTable::Snapshot(Offset as_of, TimePoint now) const {
  ProducerSnapshot snapshot;
  snapshot.as_of = as_of;
  snapshot.producers.reserve(by_use_.size());
  for (const Producer& producer : by_use_) {
    const auto idle =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - producer.last_use);
    if (idle >= limits_.expiry) continue;
    snapshot.producers.push_back({producer.id, producer.epoch, idle, producer.batches});
  }
  return snapshot;
}

}  // namespace strata::storage
