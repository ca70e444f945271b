// Random histories of producers, checked after every step against a model that keeps all batches
// that were ever stored and looks them through.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "proto/batch/producer_sequence.h"
#include "storage/log/producers/producer_codec.h"
#include "storage/log/producers/producer_table.h"
#include "tests/support/sequenced_batch.h"

namespace strata::storage {
namespace {

using strata::testing::SequencedHeader;
using strata::testing::Sequencing;

constexpr std::size_t kMaxProducers = 4;
constexpr std::int64_t kSequences = std::int64_t{1} << 31;

struct Stored {
  Sequencing sequencing;
  int count = 0;
  Offset base_offset = 0;
};

// All that was stored, for ever; and who is forgotten.
class Model {
 public:
  std::string Check(const Sequencing& asked, int count) const {
    const auto history = histories_.find(asked.producer_id);
    if (history == histories_.end()) return asked.sequence == 0 ? "new" : "OUT_OF_ORDER_SEQUENCE";
    const std::vector<Stored>& all = history->second;
    const std::int16_t epoch = all.back().sequencing.epoch;
    if (asked.epoch < epoch) return "STALE_PRODUCER_EPOCH";
    if (asked.epoch > epoch) return asked.sequence == 0 ? "new" : "OUT_OF_ORDER_SEQUENCE";
    const std::int64_t next =
        (std::int64_t{all.back().sequencing.sequence} + all.back().count) % kSequences;
    if (asked.sequence == next) return "new";
    const std::size_t remembered = std::min(all.size(), kRememberedBatches);
    for (auto stored = all.end() - static_cast<std::ptrdiff_t>(remembered); stored != all.end();
         ++stored) {
      if (stored->sequencing.epoch == epoch && stored->sequencing.sequence == asked.sequence &&
          stored->count == count) {
        return std::to_string(stored->base_offset);
      }
    }
    return "OUT_OF_ORDER_SEQUENCE";
  }

  void Add(const Stored& stored) {
    const std::int64_t id = stored.sequencing.producer_id;
    std::erase(by_use_, id);
    if (by_use_.size() == kMaxProducers) {
      histories_.erase(by_use_.front());
      by_use_.erase(by_use_.begin());
    }
    by_use_.push_back(id);
    histories_[id].push_back(stored);
  }

 private:
  std::map<std::int64_t, std::vector<Stored>> histories_;
  std::vector<std::int64_t> by_use_;
};

class History {
 public:
  void Step() {
    switch (*rc::gen::weightedElement<int>({{12, 0}, {4, 1}, {3, 2}, {1, 3}})) {
      case 0:
        return Next();
      case 1:
        return Retry();
      case 2:
        return Anything();
      default:
        return Restart();
    }
  }

 private:
  struct Sender {
    std::int16_t epoch = 0;
    std::int64_t next = 0;
  };

  // The next batch of some producer, which sometimes begins a new epoch, or is near the wrap.
  void Next() {
    const std::int64_t id = AnyId();
    Sender& sender = senders_[id];
    if (*rc::gen::inRange(0, 30) == 0) sender = {static_cast<std::int16_t>(sender.epoch + 1), 0};
    const int count = *rc::gen::weightedElement<int>({{20, 1}, {20, 3}, {2, 1 << 30}});
    const Sequencing sequencing{id, sender.epoch, static_cast<std::int32_t>(sender.next)};
    const std::string outcome = Try(sequencing, count);
    if (outcome == "OUT_OF_ORDER_SEQUENCE") {  // forgotten: begins anew
      sender = {static_cast<std::int16_t>(sender.epoch + 1), 0};
    } else if (outcome == "new") {
      sender.next = (sender.next + count) % kSequences;
    }
  }

  // One of the batches that were stored last.
  void Retry() {
    if (log_.empty()) return;
    const std::size_t back = std::min<std::size_t>(log_.size(), 3 * kRememberedBatches);
    const Stored& stored = log_[log_.size() - 1 - *rc::gen::inRange<std::size_t>(0, back)];
    Try(stored.sequencing, stored.count);
  }

  void Anything() {
    Try({AnyId(), *rc::gen::inRange<std::int16_t>(0, 4), *rc::gen::inRange(0, 20)},
        *rc::gen::inRange(1, 4));
  }

  void Restart() {
    const auto snapshot = table_.Snapshot(end_, now_);
    table_ = ProducerTable(*DecodeProducers(EncodeProducers(snapshot)), limits_, now_);
  }

  static std::int64_t AnyId() { return *rc::gen::inRange<std::int64_t>(1, kMaxProducers + 3); }

  std::string Try(const Sequencing& sequencing, int count) {
    BatchHeader header = SequencedHeader(sequencing, count, end_);
    const auto checked = table_.Check(header);
    const std::string outcome = !checked   ? std::string(ErrorName(checked.error().code))
                                : *checked ? std::to_string(**checked)
                                           : "new";
    RC_ASSERT(outcome == model_.Check(sequencing, count));
    if (outcome != "new") return outcome;
    now_ += std::chrono::milliseconds(1);
    table_.Add(header, now_);
    log_.push_back({sequencing, count, end_});
    model_.Add(log_.back());
    end_ += count;
    return outcome;
  }

  const ProducerLimits limits_{.max_producers = kMaxProducers};
  ProducerTable table_{limits_};
  ProducerTable::TimePoint now_{std::chrono::hours(1)};
  Model model_;
  std::vector<Stored> log_;
  std::map<std::int64_t, Sender> senders_;
  Offset end_ = 0;
};

RC_GTEST_PROP(ProducerTableModel, SaysWhatAModelSaysThatRemembersEverything, ()) {
  History history;
  const int steps = *rc::gen::inRange(1, 400);
  for (int i = 0; i < steps; ++i) history.Step();
}

}  // namespace
}  // namespace strata::storage
